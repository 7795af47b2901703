/** What FlowObservation holds for a direction that no packet went. */
import type { FlowDirection } from "./flow-observation.ts";
import { NO_ANOMALIES } from "./segment-anomalies.ts";

export const EMPTY_DIRECTION: FlowDirection = {
  records: 0,
  bytes: 0,
  firstRecord: 0,
  lastRecord: 0,
  firstSeenNs: 0n,
  lastSeenNs: 0n,
  tcpFlags: 0,
  isn: null,
  isnRecord: 0,
  isnFrom: null,
  synOptions: 0,
  sequenceStart: null,
  sequenceEnd: null,
  payloadBytes: 0,
  ttlMin: 0,
  ttlMax: 0,
  ipId: null,
  fingerprints: [],
  macSrc: null,
  macDst: null,
  ...NO_ANOMALIES,
};
