/** Honest packets counted by hand, against what the report says of each pair of ends. */
import { formatIpv4, formatIpv6 } from "../../src/core/address/ip-text.ts";
import type { Report } from "../../src/core/report/report.ts";
import type { RecordTruth } from "./capture-records.ts";
import { expectThat } from "./finding.ts";
import type { LayerTruth } from "./frame-truth.ts";

interface Count {
  records: number;
  bytes: number;
}

/** Protocols whose packets may be counted elsewhere: an ICMP error belongs to the connection that it quotes. */
const ICMP: ReadonlySet<number> = new Set([1, 58]);

/** Records and wire bytes by the two ends of each outermost packet; nothing is said of captures with fragments. */
export function checkFlows(report: Report, records: readonly RecordTruth[]): void {
  const wanted = new Map<string, Count>();
  const unsure = new Set<string>();
  for (const { packet, wireLength } of records) {
    if (packet === null) return;
    const [layer] = packet.layers;
    if (layer === undefined) continue;
    if (packet.layers.some((one) => isFragment(one))) return;
    const key = keyOf(layer);
    if (packet.layers.some((one) => ICMP.has(one["protocol"] ?? 0))) unsure.add(key);
    add(wanted, key, 1, wireLength);
  }
  const found = new Map<string, Count>();
  for (const { observations } of report.connections) {
    for (const { orig, resp, records: seen, bytes, encapsulation } of observations) {
      if (encapsulation !== undefined) continue;
      const key = pair(`${orig.address} ${orig.port}`, `${resp.address} ${resp.port}`);
      add(found, key, seen.orig + seen.resp, bytes.orig + bytes.resp);
    }
  }
  for (const [key, { records: count, bytes }] of wanted) {
    if (unsure.has(key)) continue;
    const got = found.get(key);
    expectThat(
      got?.records === count && got.bytes === bytes,
      () =>
        `${key}: ${got?.records} records and ${got?.bytes} bytes instead of ${count} and ${bytes}`,
    );
  }
}

function isFragment(layer: LayerTruth): boolean {
  return (layer["fragmentOffset"] ?? 0) !== 0 || (layer["moreFragments"] ?? 0) !== 0;
}

function add(counts: Map<string, Count>, key: string, records: number, bytes: number): void {
  const count = counts.get(key) ?? { records: 0, bytes: 0 };
  count.records += records;
  count.bytes += bytes;
  counts.set(key, count);
}

function keyOf(layer: LayerTruth): string {
  const port = (name: string): string => (layer["hasPorts"] === 1 ? String(layer[name]) : "0");
  return pair(
    `${addressOf(layer, "src")} ${port("srcPort")}`,
    `${addressOf(layer, "dst")} ${port("dstPort")}`,
  );
}

function pair(a: string, b: string): string {
  return a < b ? `${a} | ${b}` : `${b} | ${a}`;
}

function addressOf(layer: LayerTruth, side: "src" | "dst"): string {
  const word = (index: number): number => layer[`${side}${index}`] ?? 0;
  return layer["version"] === 4
    ? formatIpv4(word(0))
    : formatIpv6(word(0), word(1), word(2), word(3));
}
