/**
 * What capture tools that know Kubernetes write into the comments of packets. It is the tool's word, and no proof.
 *
 *   ptcpdump    several comments a packet: "PID: 7\nCmd: /usr/bin/curl\nArgs: …", "PodName: web\nPodNamespace: shop\n…",
 *               "ContainerName: app\n…" (internal/writer/pcapng.go; files of versions 0.26 and 0.31)
 *   NetObserv   "Source\nSrc Name: web\nSrc Namespace: shop\n…" and the same of "Destination" (cmd/packet_capture.go)
 *   rustnet     "rustnet process=curl pid=7 pod=web ns=shop container=app …" (PR 450)
 *
 * Arguments of processes are left out: they hold passwords more often than answers.
 */

/** What one comment names; what it does not name is left out. */
export interface ToolComment {
  readonly tool: "ptcpdump" | "NetObserv" | "rustnet";
  /** The end of the packet that is named; left out: the one on this host, whichever that is. */
  readonly end?: "source" | "destination";
  readonly process?: string;
  readonly pid?: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly container?: string;
}

/** Longest name of Kubernetes (RFC 1123 subdomain), and of a path that is worth showing. */
const MAX_VALUE_LENGTH = 253;

/** null: a comment of somebody else. */
export function parseToolComment(text: string): ToolComment | null {
  if (text.startsWith("rustnet ")) return rustnet(text);
  const fields = linesOf(text);
  const first = text.slice(0, text.indexOf("\n"));
  if (first === "Source") return netObserv(fields, "source", ["Src", "Source"]);
  if (first === "Destination") return netObserv(fields, "destination", ["Dst", "Destination"]);
  return ptcpdump(fields);
}

function ptcpdump(fields: ReadonlyMap<string, string>): ToolComment | null {
  const found = {
    ...named("process", fields.get("Cmd")),
    ...named("pid", fields.get("PID")),
    ...named("pod", fields.get("PodName")),
    ...named("namespace", fields.get("PodNamespace")),
    ...named("container", fields.get("ContainerName")),
  };
  return Object.keys(found).length === 0 ? null : { tool: "ptcpdump", ...found };
}

function netObserv(
  fields: ReadonlyMap<string, string>,
  end: "source" | "destination",
  prefixes: readonly string[],
): ToolComment | null {
  const value = (name: string): string | undefined => {
    const found = prefixes.map((prefix) => fields.get(`${prefix} ${name}`));
    return found.find((one) => one !== undefined && one !== "n/a");
  };
  const kind = value("Kind");
  const pod = kind === undefined || kind === "Pod" ? value("Name") : undefined;
  if (pod === undefined) return null;
  return { tool: "NetObserv", end, pod, ...named("namespace", value("Namespace")) };
}

function rustnet(text: string): ToolComment {
  const fields = new Map<string, string>();
  for (const word of text.split(" ").slice(1)) {
    const equals = word.indexOf("=");
    if (equals > 0) fields.set(word.slice(0, equals), bounded(word.slice(equals + 1)));
  }
  return {
    tool: "rustnet",
    ...named("process", fields.get("process")),
    ...named("pid", fields.get("pid")),
    ...named("pod", fields.get("pod")),
    ...named("namespace", fields.get("ns")),
    ...named("container", fields.get("container")),
  };
}

function linesOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields.set(line.slice(0, colon), bounded(line.slice(colon + 2).trim()));
  }
  return fields;
}

function named<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [P in K]?: string } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as { [P in K]: string });
}

function bounded(value: string): string {
  return value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH)}…` : value;
}
