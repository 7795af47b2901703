/** Who started a conversation, and on what ground. A stronger ground of one leg decides for all legs of the connection. */
import type { FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";
import type { RowColumns } from "../flow/row-columns.ts";

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
  /** Nothing listens: nobody need be asked. */
  readonly isEmpty: boolean;
  listens(protocol: string, endpoint: FlowEndpoint): boolean;
}

export interface Oriented {
  readonly orig: FlowEndpoint;
  readonly resp: FlowEndpoint;
  readonly by: Orientation;
}

/** Which side of a row started, and on what ground. */
export interface Told {
  readonly originator: "a" | "b";
  readonly by: Orientation;
}

/** Orients the rows of one leg, which all share a tuple. `rows` is not empty and in order of first packet. */
export function orientRows(rows: readonly FlowObservation[], listeners: KnownListeners): Oriented {
  const first = rows[0];
  if (first === undefined) throw new Error("a leg without rows");
  const { a, b } = first;
  const told = (originator: "a" | "b", by: Orientation): Oriented =>
    originator === "a" ? { orig: a, resp: b, by } : { orig: b, resp: a, by };
  for (const row of rows) {
    const sameWay = row.a.address === a.address && row.a.port === a.port;
    const { forward, backward } = row;
    const sender =
      synSender(forward.isnFrom, forward.isnRecord, backward.isnFrom, backward.isnRecord) ??
      row.echoRequester;
    if (sender === null) continue;
    const by = row.protocol === "tcp" ? "syn" : "echo-request";
    return told((sender === "a") === sameWay ? "a" : "b", by);
  }
  const { originator, by } = byPorts(first.protocol, a.port, b.port, (side) =>
    listeners.listens(first.protocol, side === "a" ? a : b),
  );
  return told(originator, by);
}

/** As `orientRows`, of a row that stands alone. */
export function orientRow(rows: RowColumns, row: number, listeners: KnownListeners): Told {
  const syn = synSenderOf(rows, row);
  if (syn !== null && rows.protocol(row) === TCP) return TOLD[syn].syn;
  const sender = syn ?? ECHO_REQUESTERS[rows.echoRequester(row)] ?? null;
  if (sender !== null) return TOLD[sender]["echo-request"];
  const protocol = rows.protocolName(row);
  const hasPorts = rows.hasPorts(row);
  const ports = rows.ports(row);
  const portA = hasPorts ? ports >>> 16 : null;
  const portB = hasPorts ? ports & 0xffff : null;
  return byPorts(protocol, portA, portB, (side) => {
    if (listeners.isEmpty) return false;
    const word = side === "a" ? rows.addressA(row) : rows.addressB(row);
    const address = rows.addressText(word, rows.isVersion6(row));
    return listeners.listens(protocol, { address, port: side === "a" ? portA : portB });
  });
}

const TCP = 6;
const ECHO_REQUESTERS = [null, "a", "b"] as const;

function synSenderOf(rows: RowColumns, row: number): "a" | "b" | null {
  const forward = row * 2;
  const backward = forward + 1;
  const hasForward = rows.hasIsn(forward);
  const hasBackward = rows.hasIsn(backward);
  if (!hasForward && !hasBackward) return null;
  return synSender(
    hasForward ? (rows.isnIsOfSynAck(forward) ? "syn-ack" : "syn") : null,
    hasForward ? rows.isnRecord(forward) : 0,
    hasBackward ? (rows.isnIsOfSynAck(backward) ? "syn-ack" : "syn") : null,
    hasBackward ? rows.isnRecord(backward) : 0,
  );
}

function toldBy(originator: "a" | "b"): Readonly<Record<Orientation, Told>> {
  const told = (by: Orientation): Told => ({ originator, by });
  return {
    syn: told("syn"),
    "echo-request": told("echo-request"),
    conntrack: told("conntrack"),
    port: told("port"),
    "port-range": told("port-range"),
    "late-start": told("late-start"),
    "first-packet": told("first-packet"),
  };
}
/** Each once: they are told of millions of rows. */
const TOLD = { a: toldBy("a"), b: toldBy("b") } as const;

type IsnFrom = "syn" | "syn-ack" | null;

/** Who sent the SYN without ACK; a SYN-ACK alone says that the other side did. */
function synSender(
  forward: IsnFrom,
  forwardRecord: number,
  backward: IsnFrom,
  backwardRecord: number,
): "a" | "b" | null {
  // Simultaneous open: the earlier record is as good a choice as any.
  if (forward === "syn" && backward === "syn") return forwardRecord <= backwardRecord ? "a" : "b";
  if (forward === "syn" || backward === "syn-ack") return "a";
  if (backward === "syn" || forward === "syn-ack") return "b";
  return null;
}

const FIRST_EPHEMERAL = 32_768;
const LAST_SYSTEM = 1023;

function byPorts(
  protocol: string,
  portA: number | null,
  portB: number | null,
  listens: (side: "a" | "b") => boolean,
): Told {
  if (portA === null || portB === null || protocol.startsWith("icmp"))
    return TOLD.a["first-packet"];
  const listener = listenerOf(portA, portB, listens);
  if (listener !== null) return TOLD[listener === "a" ? "b" : "a"].port;
  return byPortRange(protocol, portA, portB);
}

/** Which side's port is the listener's, or null when ports do not tell. */
function listenerOf(
  portA: number,
  portB: number,
  listens: (side: "a" | "b") => boolean,
): "a" | "b" | null {
  const aListens = listens("a");
  const bListens = listens("b");
  if (aListens !== bListens) return aListens ? "a" : "b";
  const aSystem = portA <= LAST_SYSTEM;
  const bSystem = portB <= LAST_SYSTEM;
  if (aSystem !== bSystem) return aSystem ? "a" : "b";
  return null;
}

/** Clients draw their ports from the ephemeral range. SNAT with --random-fully may pick any port, so this is weak. */
function byPortRange(protocol: string, portA: number, portB: number): Told {
  const isEphemeralA = portA >= FIRST_EPHEMERAL;
  if (isEphemeralA === portB >= FIRST_EPHEMERAL) return TOLD.a["first-packet"];
  // TCP seen mid-stream has nothing better, and the order of its packets says nothing.
  if (protocol === "tcp") return TOLD[isEphemeralA ? "a" : "b"].port;
  return isEphemeralA ? TOLD.a["port-range"] : TOLD.b["late-start"];
}
