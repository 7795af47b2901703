/** The same packets in other files: byte orders, resolutions, formats, splits, merges, clocks, copies, tags. */
import type { CaptureJob } from "../../src/core/analysis.ts";
import { concat } from "./bytes.ts";
import { pcapFile, pcapngFile } from "./capture.ts";
import { memorySource, readCapture } from "./read-capture.ts";

export interface HeldRecord {
  readonly packet: Uint8Array;
  readonly timeNs: bigint;
  readonly wireLength?: number;
}
/** One capture of one interface, taken apart. */
export interface HeldCapture {
  readonly file: string;
  readonly linkType: number;
  readonly records: readonly HeldRecord[];
}

/** A classic pcap file's records. */
export async function holdCapture(file: string, bytes: Uint8Array): Promise<HeldCapture> {
  const { records } = await readCapture(bytes);
  return {
    file,
    linkType: records[0]?.linkType ?? 1,
    records: records.map(({ frame, seconds, nanos, wireLength }) => ({
      packet: Uint8Array.from(Buffer.from(frame, "hex")),
      timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanos),
      wireLength,
    })),
  };
}

interface PcapForm {
  readonly nano?: boolean;
  readonly bigEndian?: boolean;
}

export function asPcap(capture: HeldCapture, form: PcapForm = { nano: true }): Uint8Array {
  return pcapFile(capture.records, { ...form, linkType: capture.linkType });
}

export function asPcapng(capture: HeldCapture, form: PcapForm = { nano: true }): Uint8Array {
  return pcapngFile(capture.records, { ...form, linkType: capture.linkType });
}

/** `mergecap`: one interface description for each capture, records in the order of time. */
export function mergePcapng(captures: readonly HeldCapture[]): Uint8Array {
  const records = captures.flatMap((capture, interfaceIndex) =>
    capture.records.map((record) => ({ ...record, interfaceIndex })),
  );
  records.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  const interfaces = captures.map(({ linkType }) => ({ linkType, nano: true }));
  return pcapngFile(records, { interfaces });
}

export const jobOf = (file: string, bytes: Uint8Array, chunkSize?: number): CaptureJob => ({
  file,
  label: null,
  source: memorySource(bytes, chunkSize),
});

export const jobsOf = (captures: readonly HeldCapture[]): CaptureJob[] =>
  captures.map((capture) => jobOf(capture.file, asPcap(capture)));

/** `tcpdump -C`: the first part of the records, then the rest. */
export function rotated(capture: HeldCapture, parts: number): HeldCapture[] {
  const size = Math.max(1, Math.ceil(capture.records.length / parts));
  return Array.from({ length: parts }, (_, index) => ({
    ...capture,
    file: `${capture.file}${index}`,
    records: capture.records.slice(index * size, (index + 1) * size),
  })).filter(({ records }) => records.length > 0);
}

export function shifted(capture: HeldCapture, byNs: bigint): HeldCapture {
  const records = capture.records.map((one) => ({ ...one, timeNs: one.timeNs + byNs }));
  return { ...capture, records };
}

/** Every record twice in a row, as a mirror port or `-i any` on a bridge writes them. */
export function doubled(capture: HeldCapture): HeldCapture {
  const again = (one: HeldRecord): HeldRecord => ({ ...one, timeNs: one.timeNs + 1_000n });
  return { ...capture, records: capture.records.flatMap((one) => [one, again(one)]) };
}

/** An 802.1Q tag in every Ethernet frame; cooked captures have no place for one. */
export function tagged(capture: HeldCapture, vlan: number): HeldCapture {
  if (capture.linkType !== 1) return capture;
  const tag = Uint8Array.of(0x81, 0, vlan >> 8, vlan & 0xff);
  const records = capture.records.map((one) => ({
    timeNs: one.timeNs,
    packet: concat(one.packet.subarray(0, 12), tag, one.packet.subarray(12)),
    wireLength: (one.wireLength ?? one.packet.length) + 4,
  }));
  return { ...capture, records };
}
