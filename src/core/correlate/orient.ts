/** Who started a conversation, and on what ground. A stronger ground of one leg decides for all legs of the connection. */
import type { FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";

/** Strongest first. */
export type Orientation = "syn" | "echo-request" | "conntrack" | "port" | "first-packet";

const STRENGTH: Readonly<Record<Orientation, number>> = {
  syn: 4,
  "echo-request": 4,
  conntrack: 3,
  port: 1,
  "first-packet": 0,
};

export function isStronger(a: Orientation, b: Orientation): boolean {
  return STRENGTH[a] > STRENGTH[b];
}

/** Ports that something is known to listen on: services, endpoints, container ports, node ports of the snapshot. */
export interface KnownListeners {
  listens(protocol: string, endpoint: FlowEndpoint): boolean;
}

export interface Oriented {
  readonly orig: FlowEndpoint;
  readonly resp: FlowEndpoint;
  readonly by: Orientation;
}

/** Orients the rows of one leg, which all share a tuple. `rows` is not empty and in order of first packet. */
export function orientRows(rows: readonly FlowObservation[], listeners: KnownListeners): Oriented {
  const first = rows[0];
  if (first === undefined) throw new Error("a leg without rows");
  const { a, b } = first;
  const forward: Oriented = { orig: a, resp: b, by: "first-packet" };
  const backward: Oriented = { orig: b, resp: a, by: "first-packet" };
  for (const row of rows) {
    const sameWay = row.a.address === a.address && row.a.port === a.port;
    const sender = synSender(row) ?? row.echoRequester;
    if (sender === null) continue;
    const by = row.protocol === "tcp" ? "syn" : "echo-request";
    return { ...((sender === "a") === sameWay ? forward : backward), by };
  }
  const byPort = portDecides(first.protocol, a, b, listeners);
  if (byPort !== null) return { ...(byPort === "a" ? backward : forward), by: "port" };
  return forward;
}

/** Who sent the SYN without ACK; a SYN-ACK alone says that the other side did. */
function synSender(row: FlowObservation): "a" | "b" | null {
  const { forward, backward } = row;
  if (forward.isnFrom === "syn" && backward.isnFrom === "syn") {
    // Simultaneous open: the earlier record is as good a choice as any.
    return forward.isnRecord <= backward.isnRecord ? "a" : "b";
  }
  if (forward.isnFrom === "syn" || backward.isnFrom === "syn-ack") return "a";
  if (backward.isnFrom === "syn" || forward.isnFrom === "syn-ack") return "b";
  return null;
}

const FIRST_EPHEMERAL = 32_768;
const LAST_SYSTEM = 1023;

/** Which side's port is the listener's, or null when ports do not tell. */
function portDecides(
  protocol: string,
  a: FlowEndpoint,
  b: FlowEndpoint,
  listeners: KnownListeners,
): "a" | "b" | null {
  if (a.port === null || b.port === null || protocol.startsWith("icmp")) return null;
  const aListens = listeners.listens(protocol, a);
  const bListens = listeners.listens(protocol, b);
  if (aListens !== bListens) return aListens ? "a" : "b";
  const aSystem = a.port <= LAST_SYSTEM;
  const bSystem = b.port <= LAST_SYSTEM;
  if (aSystem !== bSystem) return aSystem ? "a" : "b";
  const aEphemeral = a.port >= FIRST_EPHEMERAL;
  const bEphemeral = b.port >= FIRST_EPHEMERAL;
  // SNAT with --random-fully may pick any port, so this is weak; TCP seen mid-stream has nothing better.
  if (protocol === "tcp" && aEphemeral !== bEphemeral) return aEphemeral ? "b" : "a";
  return null;
}
