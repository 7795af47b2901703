/** Link headers of the packet grammar: every link type that src/core/wire/decode-link.ts opens, and what stands before IP. */
import { writeIp } from "./packet-network.ts";
import type { Writing } from "./packet-writing.ts";

interface LinkWriter {
  readonly linkType: number;
  /** Whether bytes may stand behind the packet without changing it. */
  readonly mayPad: boolean;
  write(writing: Writing): void;
}

/** Chooses what follows, writes its ethertype with `announce`, then the thing itself. */
function writeEtherPayload(
  writing: Writing,
  announce: (etherType: number) => void,
  isOutermost: boolean,
): void {
  const { random, out, truth } = writing;
  let tags = random.oneIn(4) ? random.between(1, 3) : 0;
  if (random.oneIn(60)) {
    tags = random.between(8, 9);
    if (tags > 8) writing.isHonest = false;
  }
  for (let tag = 0; tag < tags; tag += 1) {
    announce(random.pick([0x8100, 0x88a8, 0x9100]));
    const id = random.oneIn(5) ? 0 : random.between(1, 4094);
    if (isOutermost) noteTag(truth.frame, id);
    out.u16(id | (random.below(16) << 12));
    announce = (etherType) => void out.u16(etherType);
  }
  if (isOutermost) truth.frame["vlanTags"] = tags;
  const note = (etherType: number): void => {
    if (isOutermost) truth.frame["etherType"] = etherType;
    announce(etherType);
  };
  writeAnnounced(writing, note);
}

function noteTag(frame: Record<string, number>, id: number): void {
  if (id === 0) return;
  if ((frame["vlan"] ?? -1) < 0) frame["vlan"] = id;
  frame["innerVlan"] = id;
}

function writeAnnounced(writing: Writing, announce: (etherType: number) => void): void {
  const { random, out } = writing;
  if (random.oneIn(25)) {
    announce(0x0806);
    out.u16(1).u16(0x0800).u8(6).u8(4).u16(1).put(random.bytes(20));
    return;
  }
  if (random.oneIn(20)) return writeMpls(writing, announce);
  if (random.oneIn(25)) {
    announce(0x8864);
    return writePppoe(writing);
  }
  const version = random.oneIn(3) ? 6 : 4;
  announce(version === 4 ? 0x0800 : 0x86dd);
  writeIp(writing, version);
}

function writeMpls(writing: Writing, announce: (etherType: number) => void): void {
  const { random, out } = writing;
  announce(random.pick([0x8847, 0x8848]));
  const labels = random.oneIn(8) ? random.between(15, 17) : random.between(1, 3);
  if (labels > 16) writing.isHonest = false;
  for (let label = 1; label <= labels; label += 1) {
    out.u32(((random.below(1 << 20) << 12) | (label === labels ? 0x100 : 0) | 64) >>> 0);
  }
  writeAnyIp(writing);
}

function writePppoe(writing: Writing): void {
  const { out, random } = writing;
  out
    .u8(0x11)
    .u8(0)
    .u16(random.word() & 0xffff);
  const field = out.lengthField(2);
  const start = out.length;
  writePppProtocol(writing);
  out.set({ offset: field, width: 2 }, out.length - start);
}

/** The protocol field alone may be one byte (RFC 1661 section 2). */
function writePppProtocol(writing: Writing): void {
  const { out, random } = writing;
  const version = random.oneIn(3) ? 6 : 4;
  const protocol = version === 4 ? 0x21 : 0x57;
  if (random.oneIn(3)) out.u8(protocol);
  else out.u16(protocol);
  writeIp(writing, version);
}

function writeMacs({ out, random, truth }: Writing, isOutermost: boolean): void {
  const high = random.pick([0x0200, 0x0a58, 0xffff]);
  const low = random.pick([1, 0xfffffffe, random.word()]);
  out
    .u16(high)
    .u32(low)
    .u16(0x0aff)
    .u32(low ^ 0x01000000);
  if (!isOutermost) return;
  const frame = truth.frame;
  frame["hasMac"] = 1;
  frame["dstMacHigh"] = high;
  frame["dstMacLow"] = low;
  frame["srcMacHigh"] = 0x0aff;
  frame["srcMacLow"] = (low ^ 0x01000000) >>> 0;
}

/** An Ethernet frame, the captured one or one inside a tunnel. */
export function writeEthernet(writing: Writing, isOutermost: boolean): void {
  const { out, random } = writing;
  writeMacs(writing, isOutermost);
  if (random.oneIn(12)) {
    const field = out.lengthField(2);
    const start = out.length;
    out.u32(0xaaaa0300).u16(0);
    writeEtherPayload(writing, (etherType) => void out.u16(etherType), isOutermost);
    const length = out.length - start;
    // A length of an 802.3 frame is below 1536 by definition.
    out.set({ offset: field, width: 2 }, Math.min(length, 1500));
    return;
  }
  writeEtherPayload(writing, (etherType) => void out.u16(etherType), isOutermost);
}

function writeSll(writing: Writing): void {
  const { out, random, truth } = writing;
  const type = random.below(5);
  truth.frame["sllPacketType"] = type;
  out.u16(type).u16(1);
  const hasMac = !random.oneIn(4);
  out.lengthField(2, hasMac ? 6 : 0);
  out.u16(0x0242).u32(random.word()).u16(0);
  truth.frame["hasMac"] = hasMac ? 1 : 0;
  writeEtherPayload(writing, (etherType) => void out.u16(etherType), true);
}

function writeSll2(writing: Writing): void {
  const { out, random, truth } = writing;
  const protocolAt = out.length;
  out.u16(0).u16(0);
  const index = random.pick([1, 2, 7, 0xffffffff]);
  const type = random.below(5);
  truth.frame["sllInterface"] = index;
  truth.frame["sllPacketType"] = type;
  out.u32(index).u16(1).u8(type);
  out.lengthField(1, 6);
  out.u16(0x0242).u32(random.word()).u16(0);
  let isFirst = true;
  writeEtherPayload(
    writing,
    (etherType) => {
      if (isFirst) out.set({ offset: protocolAt, width: 2 }, etherType);
      isFirst = false;
    },
    true,
  );
}

function writeNull(writing: Writing, isBigEndian: boolean): void {
  const { out, random } = writing;
  const version = random.oneIn(2) ? 6 : 4;
  const family = version === 4 ? 2 : random.pick([10, 23, 24, 28, 30]);
  if (isBigEndian) out.u32(family);
  else out.u8(family).u8(0).u16(0);
  writeIp(writing, version);
}

function writeNflog(writing: Writing): void {
  const { out, random } = writing;
  const version = random.oneIn(2) ? 6 : 4;
  out
    .u8(version === 4 ? 2 : 10)
    .u8(0)
    .u16(0);
  const isLittle = random.oneIn(2);
  const u16 = (value: number): number => (isLittle ? ((value & 255) << 8) | (value >>> 8) : value);
  for (let i = random.below(4); i > 0; i -= 1) {
    const length = random.between(0, 9);
    out.lengthField(2, u16(length + 4));
    out.u16(u16(random.pick([1, 4, 10]))).zeros((length + 3) & ~3);
  }
  const field = out.lengthField(2);
  out.u16(u16(9));
  const start = out.length;
  writeIp(writing, version);
  out.set({ offset: field, width: 2 }, u16(out.length - start + 4));
}

function writePpp(writing: Writing, direction: boolean): void {
  const { out, random } = writing;
  if (direction) out.u8(random.below(2));
  if (random.oneIn(2)) out.u16(0xff03);
  writePppProtocol(writing);
}

function writeCiscoHdlc(writing: Writing): void {
  const { out, random } = writing;
  out.u16(random.pick([0x0f00, 0x8f00]));
  writeEtherPayload(writing, (etherType) => void out.u16(etherType), true);
}

/** An IP packet of either version. */
function writeAnyIp(writing: Writing): void {
  writeIp(writing, writing.random.oneIn(3) ? 6 : 4);
}

export const LINK_WRITERS: readonly LinkWriter[] = [
  { linkType: 1, mayPad: true, write: (writing) => writeEthernet(writing, true) },
  { linkType: 1, mayPad: true, write: (writing) => writeEthernet(writing, true) },
  { linkType: 113, mayPad: true, write: writeSll },
  { linkType: 276, mayPad: true, write: writeSll2 },
  { linkType: 101, mayPad: true, write: writeAnyIp },
  { linkType: 12, mayPad: true, write: writeAnyIp },
  { linkType: 228, mayPad: true, write: (writing) => writeIp(writing, 4) },
  { linkType: 229, mayPad: true, write: (writing) => writeIp(writing, 6) },
  { linkType: 0, mayPad: true, write: (writing) => writeNull(writing, false) },
  { linkType: 108, mayPad: true, write: (writing) => writeNull(writing, true) },
  { linkType: 239, mayPad: true, write: writeNflog },
  { linkType: 9, mayPad: true, write: (writing) => writePpp(writing, false) },
  { linkType: 50, mayPad: true, write: (writing) => writePpp(writing, false) },
  { linkType: 204, mayPad: true, write: (writing) => writePpp(writing, true) },
  { linkType: 51, mayPad: true, write: writePppoe },
  { linkType: 104, mayPad: true, write: writeCiscoHdlc },
  // One that nobody here reads: counted, not decoded.
  { linkType: 147, mayPad: true, write: ({ out, random }) => void out.put(random.bytes(30)) },
];
