/**
 * What the captures and the snapshot do not show, and what that could hide. "Nothing wrong was seen" is a claim about an absence:
 * it holds only where nothing that was skipped could have shown otherwise.
 */
import type { Report } from "../report/report.ts";
import { ENI_KINDS } from "./judge-place.ts";
import type { Policy } from "./policy.ts";

/** What an assertion can rest on, and what a reason can take away from it. */
export type Aspect =
  /** Packets: whole connections, or some of their packets, may be missing. */
  | "traffic"
  /** The wire between nodes: a tunnel would show there and nowhere else. */
  | "wire"
  /** Whose address it is. */
  | "identity"
  /** At which interface a packet was seen. */
  | "places"
  /** The first bytes of what was said: headers of PROXY protocol and HTTP. */
  | "payload"
  /** The order of events. */
  | "time"
  /** ICMP errors. */
  | "icmp"
  /** Packets of a pod that a rule names and whose node was not captured. */
  | "asked-pod";

const EVERYTHING: readonly Aspect[] = [
  "traffic",
  "wire",
  "identity",
  "places",
  "payload",
  "time",
  "icmp",
];

interface Kind {
  readonly hides: readonly Aspect[];
  /** What to capture or collect instead. */
  readonly hint: string;
}

const RECAPTURE =
  "Capture again: tcpdump -i any -n --immediate-mode -U -s 256 -B 8192, stopped with SIGINT.";

/** The one table: what each kind of incompleteness can hide. Ids are stable: `accept` of a policy names some of them. */
const KINDS = {
  "capture-cut": { hides: ["traffic", "wire"], hint: RECAPTURE },
  "input-left-out": {
    hides: EVERYTHING,
    hint: "Give the file in a form that podpath reads, or leave it out of the folder.",
  },
  "unknown-link-type": {
    hides: ["traffic", "wire"],
    hint: "Capture on an Ethernet interface or with -i any.",
  },
  undecodable: { hides: ["traffic", "wire", "payload"], hint: RECAPTURE },
  "tunnel-too-deep": {
    hides: ["traffic", "wire"],
    hint: "Open the record in Wireshark: more headers lie in one packet than podpath follows.",
  },
  fragments: {
    hides: ["traffic", "wire"],
    hint: "Start the capture before the traffic, so that first fragments are in it.",
  },
  "flow-cap": {
    hides: ["traffic", "wire"],
    hint: "Raise --max-connections, or capture with a filter.",
  },
  "place-cap": {
    hides: ["places", "wire"],
    hint: "Give the captures of fewer interfaces at a time.",
  },
  "icmp-cap": { hides: ["icmp"], hint: "Capture for a shorter time, or with a filter." },
  "limit-reached": { hides: EVERYTHING, hint: "Give less at a time." },
  dropped: {
    hides: ["traffic", "wire"],
    hint: "Capture with a larger buffer (tcpdump -B 8192), a smaller snaplen (-s 128) or a filter.",
  },
  "payload-cut": { hides: ["payload"], hint: "Capture with tcpdump -s 256." },
  time: {
    hides: ["time", "identity"],
    hint: "Look at what wrote the capture: its times cannot be trusted.",
  },
  "no-connections": {
    hides: EVERYTHING,
    hint: "Capture while the traffic runs, where its packets pass.",
  },
  "records-lost": { hides: EVERYTHING, hint: "Report this as a bug of podpath." },
  filtered: {
    hides: ["traffic", "wire"],
    hint: "Check a report of all connections, made without filter flags.",
  },
  "no-snapshot": {
    hides: ["identity"],
    hint: "Add a snapshot (-s): kubectl get pods,nodes,services -A -o json, aws ec2 describe-network-interfaces.",
  },
  "stale-snapshot": {
    hides: ["identity"],
    hint: "Take the snapshot together with the captures.",
  },
  "snapshot-damaged": {
    hides: ["identity"],
    hint: "Collect the snapshot again, all files at one time.",
  },
  "no-eni-captured": {
    hides: ["wire"],
    hint: "Capture eth0 (and eth1 ...) of the nodes, where a tunnel would show, or say which capture is one: NODE/eth0=FILE.",
  },
  "nodes-not-captured": {
    hides: ["traffic", "wire"],
    hint: "Capture on these nodes too: tcpdump -i any.",
  },
  "wrong-vantage": { hides: ["asked-pod"], hint: "Capture on the pod's node." },
  "paths-capped": {
    hides: ["traffic"],
    hint: "Compare fewer captures at a time.",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type ReasonId = keyof typeof KINDS;

export interface Reason {
  readonly id: ReasonId;
  /** One phrase for each thing that was met. */
  readonly details: readonly string[];
  readonly hides: readonly Aspect[];
  readonly hint: string;
}

const DIAGNOSTICS: Readonly<Record<string, ReasonId>> = {
  "capture.header-truncated": "capture-cut",
  "capture.record-truncated": "capture-cut",
  "capture.record-damaged": "capture-cut",
  "capture.block-damaged": "capture-cut",
  "capture.block-malformed": "capture-cut",
  "capture.section-version": "capture-cut",
  "capture.bytes-skipped": "capture-cut",
  "capture.record-zero": "capture-cut",
  "capture.zero-hole": "capture-cut",
  "input.compressed-damaged": "capture-cut",
  "input.compressed-truncated": "capture-cut",
  "input.inflate-ratio": "capture-cut",
  "input.bundle-damaged": "capture-cut",
  "capture.record-shortened": "undecodable",
  "wire.header-cut": "undecodable",
  "wire.malformed": "undecodable",
  "wire.fragments-overlap": "fragments",
  "wire.too-deep": "tunnel-too-deep",
  "wire.unknown-link-type": "unknown-link-type",
  "capture.interface-unknown": "unknown-link-type",
  "capture.interface-limit": "place-cap",
  "capture.option-malformed": "place-cap",
  "capture.version-unknown": "time",
  "capture.link-type-reserved-bits": "unknown-link-type",
  "capture.time-fraction-too-large": "time",
  "capture.time-out-of-range": "time",
  "capture.time-missing": "time",
  "capture.parts-overlap": "time",
};

/** A code that this table does not know may be about anything, unless its layer says more. */
function reasonOfDiagnostic(code: string): ReasonId {
  const known = DIAGNOSTICS[code];
  if (known !== undefined) return known;
  return code.startsWith("snapshot.") ? "snapshot-damaged" : "input-left-out";
}

/** Why records are in no connection; arp and non-ip are ordinary and hide nothing. */
const NOT_CLASSIFIED: Readonly<Record<string, ReasonId | null>> = {
  arp: null,
  "non-ip": null,
  "unknown-link-type": "unknown-link-type",
  "truncated-before-ip": "undecodable",
  malformed: "undecodable",
  "fragment-without-first": "fragments",
  "flow-table-full": "flow-cap",
};

const LIMITS: Readonly<Record<string, ReasonId | null>> = {
  flows: "flow-cap",
  taps: "place-cap",
  tunnels: "place-cap",
  "icmp-errors": "icmp-cap",
  "fragmented-datagrams": "fragments",
  "held-fragments": "fragments",
  // What they cut is shown, and no rule can ask for it.
  "throughput-series": null,
  "dns-names": null,
};

/** A PROXY protocol v2 header of IPv4 lies within the first 128 bytes of a frame. */
const PAYLOAD_NEEDED = 128;

interface Met {
  readonly details: string[];
  /** Records or packets concerned, as far as they are counted. */
  count: number;
}

/** In the order of the table's ids as first met; what the policy accepts is left out and told in `accepted`. */
export function incompleteness(
  report: Report,
  policy: Pick<Policy, "accept" | "coverage">,
): { readonly reasons: readonly Reason[]; readonly accepted: readonly string[] } {
  const met = new Map<ReasonId, Met>();
  const add = (id: ReasonId | null, detail: string, count = 0): void => {
    if (id === null) return;
    const known = met.get(id) ?? { details: [], count: 0 };
    known.details.push(detail);
    // Diagnostics and accounting count the same records, each in its own way.
    known.count = Math.max(known.count, count);
    met.set(id, known);
  };
  ofInputs(report, add);
  ofCaptures(report, add);
  ofSnapshot(report, add);
  ofPlaces(report, policy.coverage, add);
  const accepted: string[] = [];
  const reasons: Reason[] = [];
  for (const [id, { details, count }] of met) {
    const acceptance = policy.accept.find(({ reason }) => reason === ACCEPTED_AS[id]);
    if (acceptance !== undefined && count > 0 && count <= acceptance.atMost) {
      accepted.push(`${id} (${count} of at most ${acceptance.atMost}): ${acceptance.because}`);
      continue;
    }
    const { hides, hint }: Kind = KINDS[id];
    reasons.push({ id, details, hides, hint });
  }
  return { reasons, accepted };
}

const ACCEPTED_AS: Readonly<Partial<Record<ReasonId, string>>> = {
  undecodable: "undecodable",
  dropped: "dropped",
  fragments: "fragments",
  time: "time",
  "input-left-out": "clutter",
};

type Add = (id: ReasonId | null, detail: string, count?: number) => void;

function ofInputs({ diagnostics, accounting, limits, filter, connections }: Report, add: Add) {
  for (const { severity, code, count, first } of diagnostics)
    if (severity !== "note")
      add(reasonOfDiagnostic(code), `${first.file}: ${code}, ${times(count)}`, count);
  for (const [reason, count] of Object.entries(accounting.notClassified)) {
    if (count === 0) continue;
    const id = Object.hasOwn(NOT_CLASSIFIED, reason) ? NOT_CLASSIFIED[reason] : "records-lost";
    add(id ?? null, `${records(count)} in no connection: ${reason}`, count);
  }
  if (!accounting.balanced) add("records-lost", "the records do not add up");
  for (const { limit, value, count } of limits) {
    const id = Object.hasOwn(LIMITS, limit) ? LIMITS[limit] : "limit-reached";
    add(id ?? null, `the limit ${limit} (${value}) was reached ${times(count)}`, count);
  }
  if (filter !== undefined && filter.shown < filter.of)
    add("filtered", `${filter.shown} of ${filter.of} connections are in the report`);
  if (connections.length === 0) add("no-connections", "no connection was seen");
}

function ofCaptures({ captures }: Report, add: Add): void {
  for (const { file, drops = [], snaplen, bytes, capturedBytes } of captures) {
    let lost = 0n;
    for (const { droppedByInterface, droppedByOs } of drops)
      lost += counter(droppedByInterface) + counter(droppedByOs);
    if (lost > 0n) add("dropped", `${file}: ${lost} packets dropped while capturing`, Number(lost));
    if (snaplen > 0 && snaplen < PAYLOAD_NEEDED && capturedBytes < bytes)
      add("payload-cut", `${file}: packets were cut to ${snaplen} bytes`);
  }
}

/** A decimal string of a 64-bit counter; anything else, which only an edited report holds, counts as a drop. */
function counter(text: string | undefined): bigint {
  if (text === undefined) return 0n;
  return /^\d{1,20}$/.test(text) ? BigInt(text) : 1n;
}

function ofSnapshot({ snapshot, findings }: Report, add: Add): void {
  const { pods, nodes } = snapshot.counts;
  if (pods === 0 && nodes === 0) add("no-snapshot", "no pod and no node is known");
  for (const { rule, message, advice } of findings) {
    if (rule === "stale-snapshot") add("stale-snapshot", message);
    if (rule === "wrong-vantage") add("wrong-vantage", `${message} ${advice}`);
  }
}

const NODES_NAMED = 5;

function ofPlaces(
  { vantagePoints, snapshot, connections }: Report,
  coverage: Policy["coverage"],
  add: Add,
): void {
  const enis = vantagePoints.filter(({ kind }) => ENI_KINDS.has(kind));
  if (enis.length === 0 && connections.length > 0)
    add("no-eni-captured", "no capture is known to be of a node's ENI");
  if (coverage === "seen") return;
  const captured = new Set(enis.map(({ node }) => node));
  const missing = (snapshot.nodes ?? []).filter(({ name }) => !captured.has(name));
  if (missing.length === 0) return;
  const names = missing.slice(0, NODES_NAMED).map(({ name }) => name);
  const more = missing.length - names.length;
  const rest = more > 0 ? ` and ${more} more` : "";
  add("nodes-not-captured", `no ENI was captured of ${names.join(", ")}${rest}`);
}

/** The reasons that could hide something from an assertion that rests on `aspects`. */
export function hidingFrom(
  reasons: readonly Reason[],
  aspects: ReadonlySet<Aspect>,
): readonly Reason[] {
  return reasons.filter(({ hides }) => hides.some((aspect) => aspects.has(aspect)));
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function records(count: number): string {
  return `${count} record${count === 1 ? "" : "s"}`;
}
