/** Who started a conversation, and on what ground. A stronger ground of one leg decides for all legs of the connection. */
import type { FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";

/**
 * Strongest first. "port-range": one port is ephemeral, the other is not, and the first packet agrees. "late-start": the ports
 * say that the first packet seen was an answer, so the capture began late. "first-packet": nothing but the order.
 */
export type Orientation =
  | "syn"
  | "echo-request"
  | "conntrack"
  | "port"
  | "port-range"
  | "late-start"
  | "first-packet";

const STRENGTH: Readonly<Record<Orientation, number>> = {
  syn: 4,
  "echo-request": 4,
  conntrack: 3,
  port: 2,
  "port-range": 1,
  "late-start": 0,
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
  return byPortRange(first.protocol, forward, backward);
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
  return null;
}

/** Clients draw their ports from the ephemeral range. SNAT with --random-fully may pick any port, so this is weak. */
function byPortRange(protocol: string, forward: Oriented, backward: Oriented): Oriented {
  const { orig, resp } = forward;
  if (orig.port === null || resp.port === null || protocol.startsWith("icmp")) return forward;
  const origEphemeral = orig.port >= FIRST_EPHEMERAL;
  if (origEphemeral === resp.port >= FIRST_EPHEMERAL) return forward;
  // TCP seen mid-stream has nothing better, and the order of its packets says nothing.
  if (protocol === "tcp") return { ...(origEphemeral ? forward : backward), by: "port" };
  return origEphemeral ? { ...forward, by: "port-range" } : { ...backward, by: "late-start" };
}
