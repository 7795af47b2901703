/**
 * Random packets of every protocol that src/core/wire reads, in every nesting. Most are honest, and come with what they say
 * (frame-truth.ts); the others lie about a length, are cut, or nest deeper than anybody does.
 */
import type { GrammarFrame } from "./frame-truth.ts";
import { LINK_WRITERS, writeEthernet } from "./packet-link.ts";
import { writeIp } from "./packet-network.ts";
import { PacketWriter } from "./packet-writer.ts";
import type { Writing } from "./packet-writing.ts";
import type { Random } from "./random.ts";

const writer = new PacketWriter();

/** The frame's bytes are overwritten by the next call. */
export function grammarFrame(random: Random, linkType?: number, isNarrow = false): GrammarFrame {
  writer.reset();
  const writing: Writing = {
    out: writer,
    nested: { ip: writeIp, ethernet: (outer) => writeEthernet(outer, false) },
    random,
    truth: { layers: [], frame: {} },
    depthLeft: random.oneIn(20) ? 12 : random.between(1, 3),
    isHonest: true,
    isNarrow,
    mustFillFrame: false,
  };
  const link = LINK_WRITERS.find((one) => one.linkType === linkType) ?? random.pick(LINK_WRITERS);
  link.write(writing);
  if (link.mayPad && !writing.mustFillFrame && random.oneIn(4)) writer.zeros(random.between(1, 18));
  const bytes = writer.finish();
  const whole = { bytes, linkType: link.linkType, wireLength: bytes.length };
  if (!isNarrow && random.oneIn(3)) return lie(whole, random);
  const truth = writing.isHonest && writing.truth.layers.length <= 8 ? writing.truth : null;
  return { ...whole, truth };
}

/** Values around which lengths break. */
export function boundaryValue(random: Random, honest: number, width: 1 | 2 | 4): number {
  const most = width === 4 ? 0xffffffff : (1 << (8 * width)) - 1;
  const value = random.pick([
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    honest - 1,
    honest + 1,
    honest * 2,
    honest - 4,
    honest + 4,
    most >>> 1,
    (most >>> 1) + 1,
    most - 1,
    most,
  ]);
  return value < 0 ? most : value % (most + 1);
}

function lie(frame: Omit<GrammarFrame, "truth">, random: Random): GrammarFrame {
  let { bytes, wireLength, linkType } = frame;
  const lies = random.between(1, 3);
  for (let i = 0; i < lies; i += 1) {
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2: {
        if (writer.fields.length === 0) break;
        const field = random.pick(writer.fields);
        if (field.offset + field.width <= bytes.length)
          writer.set(field, boundaryValue(random, writer.get(field), field.width));
        break;
      }
      case 3:
      case 4:
        bytes = bytes.subarray(0, random.below(bytes.length + 1));
        break;
      case 5:
        if (bytes.length > 0)
          bytes[random.below(bytes.length)] = random.pick([
            0,
            1,
            0x7f,
            0x80,
            0xff,
            random.word() & 255,
          ]);
        break;
      case 6:
        wireLength = random.pick([0, bytes.length - 1, 65_536, 0xffffffff, wireLength * 2]) >>> 0;
        break;
      default:
        linkType = random.pick(LINK_WRITERS).linkType;
    }
  }
  return { bytes, wireLength, linkType, truth: null };
}
