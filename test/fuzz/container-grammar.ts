/**
 * Random capture files: classic pcap in all its variants, pcapng with all its blocks, in both byte orders, holding packets of
 * the packet grammar. Most are honest and come with their records; the others lie in a length, or are cut.
 */
import { anyLinkType, type CaptureTruth, nextFrame, type RecordTruth } from "./capture-records.ts";
import { ContainerWriter } from "./container-writer.ts";
import { boundaryValue } from "./packet-grammar.ts";
import { writePcapng } from "./pcapng-grammar.ts";
import type { Random } from "./random.ts";

export interface GrammarCapture {
  readonly bytes: Uint8Array;
  /** Null when the file lies or is cut. */
  readonly truth: readonly RecordTruth[] | null;
  /** Where fields stand that say how long something is. */
  readonly fields: readonly { readonly offset: number; readonly width: 1 | 2 | 4 }[];
  readonly little: boolean;
}

export function grammarCapture(random: Random): GrammarCapture {
  const out = new ContainerWriter();
  out.little = !random.oneIn(3);
  const written: CaptureTruth = { records: [], isNarrow: random.oneIn(4) };
  const parts = random.oneIn(10) ? 2 : 1;
  const isPcapng = random.oneIn(2);
  const little = out.little;
  for (let part = 0; part < parts; part += 1) {
    if (isPcapng) writePcapng(out, random, written);
    else writePcap(out, random, written);
  }
  const fields = out.fields;
  if (!random.oneIn(3)) return { bytes: out.finish(), truth: written.records, fields, little };
  return { bytes: lie(out, random), truth: null, fields, little };
}

const MICROS = 0xa1b2c3d4;
const NANOS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;

function writePcap(
  out: ContainerWriter,
  random: Random,
  { records, isNarrow }: CaptureTruth,
): void {
  const magic = random.pick([MICROS, MICROS, NANOS, MODIFIED]);
  const linkType = anyLinkType(random);
  // Before version 2.3 the two lengths stood the other way round.
  const isOld = out.length === 0 && random.oneIn(12);
  out
    .u32(magic)
    .u16(2)
    .u16(isOld ? 2 : 4)
    .u32(0)
    .u32(0)
    .u32(262_144);
  out.u32(linkType | (random.oneIn(6) ? 0x24000000 : 0));
  const count = random.below(9);
  for (let i = 0; i < count; i += 1) {
    const { frame, wireLength, packet } = nextFrame(random, linkType, records.at(-1), isNarrow);
    const seconds = random.pick([0, 1, 0x7fffffff, 0x80000000, 0xa0000000, 1_700_000_000 + i]);
    const fraction = random.pick([0, 1, 999_999, random.below(1_000_000)]);
    out.u32(seconds).u32(fraction);
    if (isOld) out.u32(wireLength).u32(frame.length);
    else out.u32(frame.length).u32(wireLength);
    if (magic === MODIFIED) out.u32(2).u16(8).u8(0).u8(0);
    out.put(frame);
    const nanos = fraction * (magic === NANOS ? 1 : 1000);
    records.push({ frame, wireLength, linkType, packet, time: { seconds, nanos } });
  }
}

function lie(out: ContainerWriter, random: Random): Uint8Array {
  const lies = random.between(1, 3);
  for (let i = 0; i < lies; i += 1) {
    // Options and names have 16-bit lengths; among the fields of the packets they would seldom be met.
    const short = random.oneIn(2) ? out.fields.filter(({ width }) => width === 2) : [];
    const field = random.pick(short.length > 0 ? short : out.fields);
    out.set(field, boundaryValue(random, out.get(field), field.width));
  }
  const bytes = out.finish();
  if (random.oneIn(3)) bytes[random.below(bytes.length)] = random.word() & 255;
  return random.oneIn(3) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}
