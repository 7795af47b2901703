/** From the words of a direction to the plain value that the rest of the program works with. */
import type { DirectionStore } from "./direction-store.ts";
import { EMPTY_DIRECTION } from "./empty-direction.ts";
import type { FingerprintStore } from "./fingerprint.ts";
import {
  FIRST_RECORD,
  IP_ID,
  LAST_NANOS,
  LAST_RECORD,
  LAST_SECONDS,
  MAC_PAIR,
  RECORDS,
  SEQUENCE_END,
  SEQUENCE_START,
  TRAITS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import type { FlowDirection } from "./flow-observation.ts";
import type { MacPairs } from "./mac-pairs.ts";
import { NO_ANOMALIES, type SegmentAnomalies } from "./segment-anomalies.ts";

/** The tables that together hold what is known about a direction. */
export interface DirectionParts {
  readonly directions: DirectionStore;
  readonly fingerprints: FingerprintStore;
  readonly anomalies: SegmentAnomalies;
  readonly macPairs: MacPairs;
}

export function readDirection(parts: DirectionParts, flow: FlowPointer): FlowDirection {
  const { directions, macPairs } = parts;
  if (!directions.exists(flow)) return EMPTY_DIRECTION;
  const touched = (field: number): number => directions.touched(flow, field) >>> 0;
  const traits = touched(TRAITS);
  const hasIsn = directions.hasIsn(flow);
  const hasSequence = directions.hasSequence(flow);
  const ipId = touched(IP_ID) & 0xffff;
  const macPair = directions.first(flow, MAC_PAIR) - 1;
  const anomalies = directions.anomalies(flow);
  const fingerprintCount = directions.fingerprintCount(flow);
  return {
    records: touched(RECORDS),
    bytes: directions.bytes(flow),
    firstRecord: directions.first(flow, FIRST_RECORD) >>> 0,
    lastRecord: touched(LAST_RECORD),
    firstSeenNs: nanoseconds(directions.firstSeconds(flow), directions.firstNanos(flow)),
    lastSeenNs: nanoseconds(touched(LAST_SECONDS), touched(LAST_NANOS)),
    tcpFlags: traits & 255,
    isn: hasIsn ? directions.isn(flow) >>> 0 : null,
    isnRecord: hasIsn ? directions.isnRecord(flow) : 0,
    isnFrom: !hasIsn ? null : directions.isnIsOfSynAck(flow) ? "syn-ack" : "syn",
    synOptions: directions.synOptions(flow),
    sequenceStart: hasSequence ? touched(SEQUENCE_START) : null,
    sequenceEnd: hasSequence ? touched(SEQUENCE_END) : null,
    payloadBytes: directions.payloadBytes(flow),
    ttlMin: (traits >>> 8) & 255,
    ttlMax: (traits >>> 16) & 255,
    ipId: ipId === 0 ? null : ipId,
    fingerprints:
      fingerprintCount === 0
        ? []
        : parts.fingerprints.list(directions.fingerprintSlot(flow), fingerprintCount),
    macSrc: macPairs.source(macPair),
    macDst: macPairs.destination(macPair),
    ...(anomalies === 0 ? NO_ANOMALIES : parts.anomalies.read(anomalies - 1)),
  };
}

function nanoseconds(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
