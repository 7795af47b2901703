/**
 * Rows of the flow table written by hand, and what correlation and classification make of them. One `Sightings` is one
 * analysis: places (captures) are opened with `at`, and each `see` is one tuple seen there.
 */
import { type Classification, classify } from "../../src/core/classify/classify.ts";
import type { Classified, FindingMatch } from "../../src/core/classify/rule.ts";
import { buildOwnerIndex } from "../../src/core/cluster/owner-index.ts";
import { type ClusterSnapshot, emptySnapshot } from "../../src/core/cluster/snapshot.ts";
import type { Connection } from "../../src/core/correlate/connection.ts";
import { type Correlation, correlate } from "../../src/core/correlate/correlate.ts";
import { groupLegs } from "../../src/core/correlate/group-legs.ts";
import { knownListeners } from "../../src/core/correlate/known-listeners.ts";
import type { Leg } from "../../src/core/correlate/leg.ts";
import type { LabelledCapture } from "../../src/core/correlate/vantage-input.ts";
import type { VantagePoint } from "../../src/core/correlate/vantage-point.ts";
import type {
  FlowDirection,
  FlowEndpoint,
  FlowObservation,
  Tap,
} from "../../src/core/flow/flow-observation.ts";
import { NO_ANOMALIES } from "../../src/core/flow/segment-anomalies.ts";

export const START_NS = 1_700_000_000_000_000_000n;
export const SYN = 2;
export const RST = 4;
export const FIN = 1;
export const ACK = 16;

/** `records` is 1 unless said otherwise; `atMs` is the first packet's time after START_NS. */
export interface DirectionFields extends Partial<Omit<FlowDirection, "firstSeenNs">> {
  readonly atMs?: number;
}

export interface RowFields
  extends Partial<Omit<FlowObservation, "a" | "b" | "tap" | "forward" | "backward">> {
  readonly tap: Tap;
  /** "10.0.1.11:40000 > 203.0.113.9:443": what `a` sent to `b`. No port: a protocol without. */
  readonly flow: string;
  readonly forward?: DirectionFields;
  /** Absent: nobody answered. */
  readonly backward?: DirectionFields;
}

export function endpoint(text: string): FlowEndpoint {
  const match = /^(.*):(\d+)$/.exec(text);
  const hasPort = match !== null && (match[1]?.startsWith("[") || !match[1]?.includes(":"));
  if (!hasPort) return { address: text.replace(/^\[|\]$/g, ""), port: null };
  return { address: (match[1] ?? "").replace(/^\[|\]$/g, ""), port: Number(match[2]) };
}

function direction(fields: DirectionFields | undefined): FlowDirection {
  const { atMs = 0, ...rest } = fields ?? {};
  const records = fields === undefined ? 0 : (fields.records ?? 1);
  const firstSeenNs = START_NS + BigInt(Math.round(atMs * 1_000_000));
  return {
    bytes: records * 100,
    firstRecord: 1,
    lastRecord: records,
    lastSeenNs: firstSeenNs,
    tcpFlags: 0,
    isn: null,
    isnRecord: 0,
    isnFrom: null,
    synOptions: 0,
    sequenceStart: null,
    sequenceEnd: null,
    payloadBytes: 0,
    ttlMin: fields?.ttlMax ?? 64,
    ttlMax: 64,
    ipId: null,
    fingerprints: [],
    macSrc: null,
    macDst: null,
    ...NO_ANOMALIES,
    ...rest,
    records,
    firstSeenNs,
  };
}

export function syn(isn: number, fields: DirectionFields = {}): DirectionFields {
  const end = (isn + 100) >>> 0;
  return {
    isn,
    isnFrom: "syn",
    isnRecord: 1,
    synOptions: 77,
    tcpFlags: SYN | ACK,
    sequenceStart: isn,
    sequenceEnd: end,
    ...fields,
  };
}

export function synAck(isn: number, fields: DirectionFields = {}): DirectionFields {
  return { ...syn(isn), isnFrom: "syn-ack", synOptions: 88, isnRecord: 2, ...fields };
}

/** Segments of a connection whose handshake was not captured. */
export function segments(
  sequenceStart: number,
  sequenceEnd: number,
  fields: DirectionFields = {},
): DirectionFields {
  return { tcpFlags: ACK, sequenceStart, sequenceEnd, payloadBytes: 100, ...fields };
}

/** A datagram whose payload has this fingerprint. */
export function datagram(fingerprint: number, fields: DirectionFields = {}): DirectionFields {
  return { fingerprints: [fingerprint], payloadBytes: 40, ...fields };
}

let rowsMade = 0;

export function row(fields: RowFields): FlowObservation {
  const { flow, forward, backward, ...rest } = fields;
  const [a = "", b = ""] = flow.split(" > ");
  return {
    id: rowsMade++,
    protocol: "tcp",
    encapsulation: null,
    carries: null,
    sealed: null,
    echoRequester: null,
    fragments: 0,
    icmpErrors: [],
    proxyHeader: null,
    ...rest,
    a: endpoint(a),
    b: endpoint(b),
    forward: direction(forward ?? {}),
    backward: direction(backward),
  };
}

/** "n1", "n1/eth0", "pod:default/web-a" as a label; anything else is a file without one. */
function labelOf(place: string): LabelledCapture["label"] {
  if (place.startsWith("pod:")) return { pod: place.slice(4) };
  const match = /^(n\d+)(?:\/(.+))?$/.exec(place);
  if (match?.[1] === undefined) return null;
  return match[2] === undefined ? { node: match[1] } : { node: match[1], interface: match[2] };
}

export class Sightings {
  readonly captures: LabelledCapture[] = [];
  readonly taps: Tap[] = [];
  readonly rows: FlowObservation[] = [];
  readonly snapshot: ClusterSnapshot;
  /** How long every capture goes on after START_NS. */
  lastsMs = 60_000;
  snaplen = 262_144;
  /** Link type that every file says of its interface. */
  linkType = 1;

  constructor(snapshot: ClusterSnapshot = emptySnapshot()) {
    this.snapshot = snapshot;
  }

  /** A capture of its own, taken at `place`, with one tap. */
  at(place: string, fields: Partial<Tap> = {}, interfaces: readonly string[] = []): Tap {
    const capture = this.captures.length;
    const info = { interfaces: interfaces.map((name) => ({ name })) };
    this.captures.push({ file: `${capture}.pcap`, label: labelOf(place), info });
    return this.tap({ capture, ...fields });
  }

  /** A further tap; `capture` is that of the last one opened unless said otherwise. */
  tap(fields: Partial<Tap> = {}): Tap {
    const tap: Tap = {
      index: this.taps.length,
      capture: this.captures.length - 1,
      interfaceIndex: 0,
      linkType: 1,
      sllInterface: 0,
      sll: null,
      vlan: null,
      innerVlan: null,
      records: 1,
      firstRecord: 1,
      ...fields,
    };
    this.taps.push(tap);
    return tap;
  }

  see(
    tap: Tap,
    flow: string,
    forward: DirectionFields = {},
    backward?: DirectionFields,
    fields: Partial<RowFields> = {},
  ): FlowObservation {
    const answer = backward === undefined ? {} : { backward };
    const one = row({ ...fields, tap, flow, forward, ...answer, id: this.rows.length });
    this.rows.push(one);
    return one;
  }

  udp(tap: Tap, flow: string, forward: DirectionFields, backward?: DirectionFields): void {
    this.see(tap, flow, forward, backward, { protocol: "udp" });
  }

  /** Echo requests of `a` with the identifier as port of both ends. */
  ping(tap: Tap, flow: string, forward: DirectionFields, backward?: DirectionFields): void {
    this.see(tap, flow, forward, backward, { protocol: "icmp", echoRequester: "a" });
  }

  correlate(rows: readonly FlowObservation[] = this.rows): Correlation {
    const { captures, taps, snapshot } = this;
    return correlate({ captures, taps, rows, snapshot, owners: buildOwnerIndex(snapshot) });
  }

  get connections(): readonly Connection[] {
    return [...this.correlate().connections];
  }

  /** The only connection; throws when there are more. */
  get connection(): Connection {
    const { connections } = this;
    const [only] = connections;
    if (only === undefined || connections.length > 1)
      throw new Error(`${connections.length} connections: ${connections.map(show).join(" | ")}`);
    return only;
  }

  get vantagePoints(): readonly VantagePoint[] {
    return this.correlate().vantagePoints;
  }

  classify(): Classification & { readonly classified: readonly Classified[] } {
    const { connections, clockOffsets } = this.correlate();
    const captures = this.captures.map(({ file }) => ({
      file,
      firstSeenNs: START_NS,
      lastSeenNs: START_NS + BigInt(this.lastsMs) * 1_000_000n,
      info: {
        wireBytes: 0,
        capturedBytes: 0,
        interfaces: [{ snaplen: this.snaplen, linkType: this.linkType }],
        drops: [],
      },
    }));
    const owners = buildOwnerIndex(this.snapshot);
    const found = classify(connections, this.snapshot, owners, { clockOffsets, captures });
    const findings = found.findings.map(({ rule, match }) => ({
      rule,
      match: { ...match, connections: [...match.connections] },
    }));
    return { ...found, findings, classified: [...found.classified] };
  }

  /** "pod-to-pod-direct (proven)", one for each connection; doubt names its candidates. */
  get verdicts(): string[] {
    return this.classify().classified.map(({ verdict }) => {
      const others = verdict.candidates.filter((one) => one !== verdict.class);
      const or = others.length === 0 ? "" : ` or ${others.join(", ")}`;
      return `${verdict.class} (${verdict.confidence})${or}`;
    });
  }

  /** What one finding rule says. */
  found(rule: string): FindingMatch[] {
    return this.classify().findings.flatMap((one) =>
      one.rule.meta.id === rule ? [one.match] : [],
    );
  }

  /** Rule ids of the findings, in order. */
  get findings(): string[] {
    return this.classify().findings.map(({ rule }) => rule.meta.id);
  }
}

/** The legs of rows, before anything joins them. */
export function legsOf(
  rows: readonly FlowObservation[],
  snapshot: ClusterSnapshot = emptySnapshot(),
  byTap: readonly VantagePoint[] = [],
): Leg[] {
  return groupLegs(rows, byTap, knownListeners(snapshot));
}

export function showEnd({ address, port }: FlowEndpoint): string {
  if (port === null) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** "a > b, c > d": the legs of a connection in path order. */
export function show(connection: Connection): string {
  return connection.legs.map(({ orig, resp }) => `${showEnd(orig)} > ${showEnd(resp)}`).join(", ");
}

/** "snat by n1, dnat by ?" */
export function showNat(connection: Connection): string {
  return connection.nat.map(({ kind, node }) => `${kind} by ${node ?? "?"}`).join(", ");
}

/** Where a tuple was seen, what the originator's TTL was there and what the responder's (absent: no answer was seen). */
export type Sighting = readonly [place: string, flow: string, ttl: number, answerTtl?: number];

/** One TCP connection seen at several places; its SYN is the same everywhere. */
export function oneConnection(
  snapshot: ClusterSnapshot,
  sightings: readonly Sighting[],
  fields: Partial<RowFields> = {},
): Sightings {
  const seen = new Sightings(snapshot);
  for (const [order, [place, flow, ttl, answerTtl]] of sightings.entries()) {
    const atMs = order * 0.05;
    const answer = answerTtl === undefined ? undefined : synAck(900, { ttlMax: answerTtl, atMs });
    seen.see(seen.at(place), flow, syn(100, { ttlMax: ttl, atMs }), answer, fields);
  }
  return seen;
}
