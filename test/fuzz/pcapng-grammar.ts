/** Random pcapng: sections, interfaces of every time resolution, all packet blocks, statistics, names, unknown blocks. */
import { anyLinkType, type CaptureTruth, nextFrame } from "./capture-records.ts";
import type { ContainerWriter } from "./container-writer.ts";
import type { Random } from "./random.ts";

interface WrittenInterface {
  readonly linkType: number;
  readonly snaplen: number;
  /** Units of one second. */
  readonly unitsPerSecond: bigint;
  readonly offsetSeconds: bigint;
}

const encoder = new TextEncoder();

export function writePcapng(out: ContainerWriter, random: Random, truth: CaptureTruth): void {
  writeSection(out, random);
  const interfaces: WrittenInterface[] = [];
  const blocks = random.between(1, 14);
  for (let i = 0; i < blocks; i += 1) {
    const kind = interfaces.length === 0 ? 0 : random.below(12);
    if (kind === 0) interfaces.push(writeInterface(out, random));
    else if (kind === 1) writeSimple(out, random, interfaces, truth);
    else if (kind === 2) writeStatistics(out, random, interfaces.length);
    else if (kind === 3) writeNames(out, random);
    else if (kind === 4)
      block(
        out,
        random.pick([0x0bad, 0x0a, 0x80000001]),
        () => void out.put(random.bytes(random.below(9) * 4)),
      );
    else if (kind === 5) writePacket(out, random, interfaces, truth, true);
    else writePacket(out, random, interfaces, truth, false);
  }
}

/** Type, length, what `body` writes (padded), length. */
function block(out: ContainerWriter, type: number, body: () => void): void {
  const start = out.length;
  out.u32(type).u32(0);
  const lengthField = { offset: start + 4, width: 4 } as const;
  body();
  out.pad();
  const length = out.length - start + 4;
  out.set(lengthField, length);
  out.u32(length);
}

function option(out: ContainerWriter, code: number, value: Uint8Array): void {
  out.u16(code).u16(value.length).put(value).pad();
}

function writeOptions(out: ContainerWriter, random: Random, codes: readonly number[]): void {
  if (random.oneIn(3)) return;
  for (let i = random.below(3); i > 0; i -= 1) {
    option(
      out,
      random.pick(codes),
      encoder.encode(
        random.pick(["", "eth0", "a name\u0000behind", "\u001b[31mred", "ü".repeat(9)]),
      ),
    );
  }
  if (!random.oneIn(3)) out.u32(0);
}

function writeSection(out: ContainerWriter, random: Random): void {
  block(out, 0x0a0d0d0a, () => {
    out.u32(0x1a2b3c4d).u16(1).u16(random.below(3)).u32(0xffffffff).u32(0xffffffff);
    writeOptions(out, random, [1, 2, 3, 4]);
  });
}

function writeInterface(out: ContainerWriter, random: Random): WrittenInterface {
  const linkType = anyLinkType(random);
  const snaplen = random.pick([0, 0, 61, 96, 65_535, 0xffffffff]);
  let unitsPerSecond = 1_000_000n;
  let offsetSeconds = 0n;
  block(out, 1, () => {
    out.u16(linkType).u16(0).u32(snaplen);
    if (random.oneIn(2)) {
      const resolution = random.pick([0, 3, 6, 9, 12, 0x80 | 10, 0x80 | 20, 0x80 | 32]);
      unitsPerSecond =
        resolution & 0x80 ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
      option(out, 9, Uint8Array.of(resolution));
    }
    if (random.oneIn(5)) {
      offsetSeconds = random.pick([1n, 3600n, 1_700_000_000n]);
      out.u16(14).u16(8).u64(offsetSeconds);
    }
    writeOptions(out, random, [1, 2, 3, 12, 15, 77]);
  });
  return { linkType, snaplen, unitsPerSecond, offsetSeconds };
}

/** Enhanced Packet Block, or the obsolete Packet Block. */
function writePacket(
  out: ContainerWriter,
  random: Random,
  interfaces: readonly WrittenInterface[],
  truth: CaptureTruth,
  isObsolete: boolean,
): void {
  const index = random.below(interfaces.length);
  const interfaceOf = interfaces[index];
  if (interfaceOf === undefined) return;
  const { linkType, unitsPerSecond, offsetSeconds } = interfaceOf;
  const { frame, wireLength, packet } = nextFrame(
    random,
    linkType,
    truth.records.at(-1),
    truth.isNarrow,
  );
  const seconds = random.pick([0n, 1n, 1_600_000_000n, 2_000_000_000n]);
  const units = seconds * unitsPerSecond + (BigInt(random.word()) % unitsPerSecond);
  const fits = units < 1n << 64n;
  const stamp = fits ? units : 0n;
  block(out, isObsolete ? 2 : 6, () => {
    if (isObsolete) out.u16(index).u16(0);
    else out.u32(index);
    out
      .u32(Number(stamp >> 32n))
      .u32(Number(stamp & 0xffffffffn))
      .u32(frame.length)
      .u32(wireLength);
    out.put(frame).pad();
    writeOptions(out, random, [1, 2, 3, 4]);
  });
  const nanos = (stamp * 1_000_000_000n) / unitsPerSecond;
  const time = {
    seconds: Number(nanos / 1_000_000_000n + offsetSeconds),
    nanos: Number(nanos % 1_000_000_000n),
  };
  truth.records.push({ frame, wireLength, linkType, packet, time });
}

function writeSimple(
  out: ContainerWriter,
  random: Random,
  interfaces: readonly WrittenInterface[],
  truth: CaptureTruth,
): void {
  const first = interfaces[0];
  if (first === undefined) return;
  const { frame, packet } = nextFrame(random, first.linkType, undefined, truth.isNarrow);
  const kept = first.snaplen === 0 ? frame.length : Math.min(frame.length, first.snaplen);
  block(out, 3, () => void out.u32(frame.length).put(frame.subarray(0, kept)));
  const isWhole = kept === frame.length;
  truth.records.push({
    frame: frame.subarray(0, kept),
    wireLength: frame.length,
    linkType: first.linkType,
    packet: isWhole ? packet : null,
    time: null,
  });
}

function writeStatistics(out: ContainerWriter, random: Random, interfaces: number): void {
  block(out, 5, () => {
    out.u32(random.below(interfaces)).u32(0).u32(0);
    for (const code of [4, 5, 7])
      if (random.oneIn(2)) out.u16(code).u16(8).u64(BigInt(random.word()));
  });
}

function writeNames(out: ContainerWriter, random: Random): void {
  block(out, 4, () => {
    for (let i = random.below(3); i > 0; i -= 1) {
      const isVersion4 = random.oneIn(2);
      const name = encoder.encode(random.pick(["a\0", "node-1\0alias\0", "unterminated", "\0"]));
      out.u16(isVersion4 ? 1 : 2).u16((isVersion4 ? 4 : 16) + name.length);
      out
        .put(random.bytes(isVersion4 ? 4 : 16))
        .put(name)
        .pad();
    }
    if (!random.oneIn(4)) out.u32(0);
  });
}
