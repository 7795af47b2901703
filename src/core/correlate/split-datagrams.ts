/**
 * Rows of one tuple of UDP, ICMP and the rest: one conversation unless a long silence separates rows that share no fingerprint. A
 * tunnel between two hosts is one as long as it stands; what it carries has no fingerprint of the outer packets.
 */
import type { EncapsulationKind, FlowObservation } from "../flow/flow-observation.ts";
import { byFirstPacket, firstPacketNs, LONG_SILENCE_NS, lastPacketNs } from "./row-times.ts";

/** A conversation in the making, by its number. */
interface Members {
  readonly number: number;
  readonly rows: FlowObservation[];
  lastNs: bigint;
}

/** A row joins the first conversation that is near in time, shares a fingerprint or is the same tunnel. */
export function splitDatagrams(group: readonly FlowObservation[]): FlowObservation[][] {
  const conversations: Members[] = [];
  // What a row is compared with is looked up: a capture may show one tuple at sixty thousand places.
  const byFingerprint = new Map<number, Members>();
  const byTunnel = new Map<EncapsulationKind, Members>();
  let recent: Members[] = [];
  for (const row of [...group].sort(byFirstPacket)) {
    // Rows come by time, so what is too old for this one is too old for those that follow.
    const since = firstPacketNs(row) - LONG_SILENCE_NS;
    recent = recent.filter(({ lastNs }) => lastNs >= since);
    const prints = [...row.forward.fingerprints, ...row.backward.fingerprints];
    const candidates = [
      ...recent,
      ...prints.map((print) => byFingerprint.get(print)),
      row.carries === null ? undefined : byTunnel.get(row.carries),
    ];
    let own = earliest(candidates);
    if (own === undefined) {
      own = { number: conversations.length, rows: [], lastNs: lastPacketNs(row) };
      conversations.push(own);
    }
    own.rows.push(row);
    const lastNs = lastPacketNs(row);
    if (lastNs > own.lastNs) own.lastNs = lastNs;
    if (!recent.includes(own)) recent.push(own);
    for (const print of prints) keepEarliest(byFingerprint, print, own);
    if (row.carries !== null) keepEarliest(byTunnel, row.carries, own);
  }
  return conversations.map(({ rows }) => rows);
}

function earliest(candidates: readonly (Members | undefined)[]): Members | undefined {
  let found: Members | undefined;
  for (const one of candidates) {
    if (one !== undefined && (found === undefined || one.number < found.number)) found = one;
  }
  return found;
}

function keepEarliest<K>(index: Map<K, Members>, key: K, own: Members): void {
  const known = index.get(key);
  if (known === undefined || own.number < known.number) index.set(key, own);
}
