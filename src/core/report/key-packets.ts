/**
 * The packets of an observation that tell its story: the first and the last of each direction, the handshake, and the first
 * of what went wrong. The flow table keeps exactly these record numbers, however long the connection is; it keeps times of
 * the first and the last only.
 */
import type { Observation, ObservedDirection } from "../correlate/connection.ts";
import { formatTime } from "./format-time.ts";
import type { ReportKeyPacket } from "./report.ts";

/** By record number. At most 12: six of each direction. */
export function keyPackets({ orig, resp }: Observation): ReportKeyPacket[] {
  return [...ofDirection("orig", orig), ...ofDirection("resp", resp)].sort(
    (a, b) => a.record - b.record,
  );
}

type Sign = ReportKeyPacket["is"][number];

function ofDirection(
  side: ReportKeyPacket["side"],
  direction: ObservedDirection,
): ReportKeyPacket[] {
  if (direction.records === 0) return [];
  const signs = new Map<number, Sign[]>();
  const add = (record: number, sign: Sign) => {
    if (record === 0) return;
    const known = signs.get(record);
    if (known === undefined) signs.set(record, [sign]);
    else known.push(sign);
  };
  const { firstRecord, lastRecord, isn, isnRecord } = direction;
  add(firstRecord, "first");
  // Who sent the bare SYN is the originator (correlate/orient.ts).
  if (isn !== null) add(isnRecord, side === "orig" ? "syn" : "syn-ack");
  add(direction.retransmissionRecord, "retransmission");
  add(direction.zeroWindowRecord, "zero-window");
  add(direction.resetRecord, "reset");
  add(lastRecord, "last");
  const times = new Map([
    [lastRecord, direction.lastSeenNs],
    [firstRecord, direction.firstSeenNs],
  ]);
  return [...signs].map(([record, is]) => {
    const ns = times.get(record);
    return { side, record, is, ...(ns === undefined ? {} : { time: formatTime(ns) }) };
  });
}
