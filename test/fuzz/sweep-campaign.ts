/**
 * Small captures changed everywhere, one place at a time: every prefix, every byte with nine values, every field with twelve.
 * A case is one place of one capture, so that a number of cases is a number of places.
 */
import { type Campaign, type CampaignSettings, READING, within } from "./campaign.ts";
import { type GrammarCapture, grammarCapture } from "./container-grammar.ts";
import { checkContainer, checkPrefix, type Walked } from "./container-oracle.ts";
import { Random } from "./random.ts";
import { checkFramesOf } from "./record-frames.ts";

const BYTE_VALUES: readonly ((byte: number) => number)[] = [
  () => 0,
  () => 1,
  () => 0x7f,
  () => 0x80,
  () => 0xff,
  (byte) => byte ^ 0xff,
  (byte) => byte + 1,
  (byte) => byte - 1,
  (byte) => (byte << 4) | (byte >> 4),
];
const FIELD_VALUES: readonly ((value: number, most: number) => number)[] = [
  () => 0,
  () => 1,
  () => 3,
  (value) => value - 1,
  (value) => value + 1,
  (value) => value * 2,
  (value) => value + 4,
  (value) => value + 8,
  (_, most) => most,
  (_, most) => most - 3,
  (_, most) => (most + 1) / 2,
  (_, most) => (most + 1) / 2 - 1,
];

interface Swept {
  readonly capture: GrammarCapture;
  readonly whole: Walked | null;
}

export function campaign({ seed }: CampaignSettings): Campaign {
  /** Cases of the captures so far; a case finds its capture by adding up. */
  let firstCase = 0;
  let nextCapture = 0;
  let swept: Swept | null = null;
  const places = ({ capture: { bytes, fields } }: Swept): number =>
    bytes.length * 2 + fields.length;
  async function sweptAt(caseNumber: number): Promise<Swept> {
    if (swept === null || caseNumber < firstCase) {
      firstCase = 0;
      nextCapture = 0;
      swept = await small(seed, nextCapture);
    }
    while (caseNumber >= firstCase + places(swept)) {
      firstCase += places(swept);
      nextCapture += 1;
      swept = await small(seed, nextCapture);
    }
    return swept;
  }
  return {
    isReplayable: true,
    async runCase({ caseNumber, note }) {
      const { capture, whole } = await sweptAt(caseNumber);
      const { bytes, fields, little } = capture;
      const place = caseNumber - firstCase;
      note(bytes);
      if (place < bytes.length) {
        await within(READING, bytes.length, () => checkPrefix(bytes, whole, place));
        return;
      }
      const variants =
        place < 2 * bytes.length
          ? byteVariants(bytes, place - bytes.length)
          : fieldVariants(bytes, fields[place - 2 * bytes.length], little);
      for (const variant of variants) {
        note(variant);
        await within(READING, bytes.length, async () => {
          // A field that lies may make a reader look behind what has arrived.
          await checkContainer(variant, place < 2 * bytes.length ? [] : [3]);
          await checkFramesOf(variant);
        });
      }
    },
  };
}

/** The n-th capture of a seed that is not too big to be changed everywhere. */
async function small(seed: number, index: number): Promise<Swept> {
  for (let attempt = 0; ; attempt += 1) {
    const capture = grammarCapture(new Random(seed, index * 1000 + attempt));
    if (capture.bytes.length > 900 || capture.bytes.length < 60) continue;
    return { capture, whole: await checkContainer(capture.bytes, []) };
  }
}

function* byteVariants(bytes: Uint8Array, at: number): Generator<Uint8Array> {
  for (const change of BYTE_VALUES) {
    const variant = bytes.slice();
    variant[at] = change(bytes[at] ?? 0);
    yield variant;
  }
}

function* fieldVariants(
  bytes: Uint8Array,
  field: GrammarCapture["fields"][number] | undefined,
  little: boolean,
): Generator<Uint8Array> {
  if (field === undefined || field.offset + field.width > bytes.length) return;
  for (const change of FIELD_VALUES) {
    const variant = bytes.slice();
    const view = new DataView(variant.buffer);
    const most = field.width === 4 ? 0xffffffff : 0xffff;
    if (field.width === 4)
      view.setUint32(field.offset, change(view.getUint32(field.offset, little), most), little);
    else view.setUint16(field.offset, change(view.getUint16(field.offset, little), most), little);
    yield variant;
  }
}
