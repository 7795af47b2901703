/** Transports and tunnels of the packet grammar. */
import type { LayerTruth } from "./frame-truth.ts";
import { dnsAnswer, httpRequest, proxyHeader } from "./packet-payload.ts";
import type { Writing } from "./packet-writing.ts";

export interface Transport {
  readonly protocol: number;
  write(layer: LayerTruth): void;
}

/** None of them announces a tunnel. */
const PORTS = [22, 80, 443, 8080, 1024, 2049, 30_000, 40_001, 65_535];

export function chooseTransport(writing: Writing, version: 4 | 6): Transport {
  const { random } = writing;
  if (writing.isNarrow) return { protocol: 6, write: (layer) => writeTcp(writing, layer) };
  const mayNest = writing.depthLeft > 0 && writing.out.room > 2000;
  const wantsTunnel = mayNest && (writing.depthLeft > 3 || random.oneIn(3));
  if (wantsTunnel) return chooseTunnel(writing);
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return { protocol: 6, write: (layer) => writeTcp(writing, layer) };
    case 3:
    case 4:
      return { protocol: 17, write: (layer) => writePlainUdp(writing, layer) };
    case 5:
      return {
        protocol: version === 4 ? 1 : 58,
        write: (layer) => writeIcmp(writing, layer, version),
      };
    case 6:
      return { protocol: 132, write: (layer) => writeSctp(writing, layer) };
    default:
      return random.oneIn(2)
        ? { protocol: 50, write: (layer) => writeEsp(writing, layer) }
        : {
            protocol: random.pick([2, 89, 112, 253]),
            write: (layer) => writeOpaque(writing, layer),
          };
  }
}

function chooseTunnel(writing: Writing): Transport {
  switch (writing.random.below(5)) {
    case 0:
      return { protocol: 4, write: (layer) => writeInner(writing, layer, 5, 4) };
    case 1:
      return { protocol: 41, write: (layer) => writeInner(writing, layer, 6, 6) };
    case 2:
      return { protocol: 47, write: (layer) => writeGre(writing, layer) };
    case 3:
      return { protocol: 17, write: (layer) => writeGeneve(writing, layer) };
    default:
      return { protocol: 17, write: (layer) => writeVxlan(writing, layer) };
  }
}

function writeInner(
  writing: Writing,
  layer: LayerTruth,
  encapsulation: number,
  version: 4 | 6,
): void {
  Object.assign(layer, { encapsulation, vni: -1, hasPorts: 0 });
  writing.nested.ip(writing, version);
}

/** Two packets of a narrow capture often have the same ports, in one direction or the other. */
function portsOf({ random, isNarrow }: Writing): [srcPort: number, dstPort: number] {
  if (!isNarrow) return [random.pick(PORTS), random.pick(PORTS)];
  return random.oneIn(2) ? [443, 40_001] : [40_001, 443];
}

function notePorts(writing: Writing, layer: LayerTruth, srcPort: number, dstPort: number): void {
  writing.out.u16(srcPort).u16(dstPort);
  Object.assign(layer, { hasPorts: 1, srcPort, dstPort, encapsulation: 0, vni: -1 });
}

function writeTcp(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  notePorts(writing, layer, ...portsOf(writing));
  const sequence = random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff, random.word()]);
  const ack = random.word();
  const flags = random.pick([0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x01, 0xc2]);
  const window = random.pick([0, 1, 65_535, random.below(65_536)]);
  const optionWords = random.oneIn(2) ? random.between(1, 10) : 0;
  out.u32(sequence).u32(ack);
  out.lengthField(1, (5 + optionWords) << 4);
  out.u8(flags).u16(window).u32(0);
  writeTcpOptions(writing, optionWords * 4);
  const start = out.length;
  const payload = random.below(6);
  if (payload === 0) out.put(proxyHeader(random));
  else if (payload === 1) out.put(httpRequest(random));
  else out.put(random.bytes(random.pick([0, 0, 1, 7, 40, 200])));
  Object.assign(layer, { tcpSequence: sequence, tcpAck: ack, tcpFlags: flags, tcpWindow: window });
  layer["payloadOffset"] = start;
  layer["payloadLength"] = out.length - start;
}

function writeTcpOptions({ out, random }: Writing, length: number): void {
  const end = out.length + length;
  while (out.length < end) {
    const left = end - out.length;
    const option = random.below(5);
    if (option === 0 && left >= 4) out.u8(2).counted(1, 4).u16(1460);
    else if (option === 1 && left >= 10) out.u8(8).counted(1, 10).u32(random.word()).u32(0);
    else if (option === 2 && left >= 3) out.u8(3).counted(1, 3).u8(7);
    else if (option === 3 && left >= 2) out.u8(4).lengthField(1, 2);
    else if (left === 1 && random.oneIn(2)) out.u8(random.pick([2, 8, 255]));
    else out.u8(1);
  }
}

/** Writes ports and length, then `body`; the truth of a datagram that is no tunnel. */
function writeUdp(
  writing: Writing,
  layer: LayerTruth,
  dstPort: number,
  body: () => void,
  srcPort: number = writing.random.pick(PORTS),
): void {
  const { out } = writing;
  const start = out.length;
  notePorts(writing, layer, srcPort, dstPort);
  const lengthField = out.lengthField(2);
  out.u16(0);
  body();
  const length = out.length - start;
  out.set({ offset: lengthField, width: 2 }, length);
  layer["payloadOffset"] = start + 8;
  layer["payloadLength"] = length - 8;
}

function writePlainUdp(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  if (random.oneIn(3)) {
    return writeUdp(writing, layer, random.pick(PORTS), () => void out.put(dnsAnswer(random)), 53);
  }
  if (random.oneIn(8)) {
    writeUdp(writing, layer, random.pick([51_820, 51_871]), () => {
      out
        .u8(4)
        .zeros(3)
        .put(random.bytes(28 + 16 * random.below(3)));
    });
    layer["sealed"] = 1;
    return;
  }
  if (random.oneIn(8)) {
    writeUdp(writing, layer, 4500, () => void out.u32(random.word() | 1).put(random.bytes(20)));
    layer["sealed"] = 2;
    return;
  }
  writeUdp(
    writing,
    layer,
    random.pick(PORTS),
    () => void out.put(random.bytes(random.pick([0, 1, 30, 100]))),
  );
}

function writeVxlan(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  const vni = random.pick([0, 1, 0xffffff, random.below(1 << 24)]);
  const isGpe = random.oneIn(6);
  const version = random.oneIn(2) ? 6 : 4;
  writeUdp(writing, layer, random.pick([4789, 8472, 4790]), () => {
    out
      .u8(isGpe ? 0x0c : 0x08)
      .u16(0)
      .u8(isGpe ? (version === 4 ? 1 : 2) : 0);
    out.u32((vni << 8) >>> 0);
    if (isGpe) writing.nested.ip(writing, version);
    else writing.nested.ethernet(writing);
  });
  Object.assign(layer, { encapsulation: 1, vni });
}

function writeGeneve(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  const vni = random.pick([0, 0xffffff, random.below(1 << 24)]);
  const optionWords = random.oneIn(2) ? random.between(1, 63) : 0;
  const type = random.pick([0x6558, 0x6558, 0x0800, 0x86dd]);
  writeUdp(writing, layer, 6081, () => {
    out.lengthField(1, optionWords);
    out
      .u8(random.pick([0, 0x40, 0x80]))
      .u16(type)
      .u32((vni << 8) >>> 0)
      .put(random.bytes(optionWords * 4));
    if (type === 0x6558) writing.nested.ethernet(writing);
    else writing.nested.ip(writing, type === 0x0800 ? 4 : 6);
  });
  Object.assign(layer, { encapsulation: 2, vni });
}

function writeGre(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  layer["hasPorts"] = 0;
  const kind = random.below(5);
  const hasKey = random.oneIn(2);
  // An ERSPAN header stands behind a sequence number.
  const flags =
    (random.oneIn(2) ? 0x8000 : 0) |
    (hasKey ? 0x2000 : 0) |
    (kind >= 3 || random.oneIn(2) ? 0x1000 : 0);
  const key = random.pick([0, 0xfffffffe, random.word()]);
  const types = [0x0800, 0x86dd, 0x6558, 0x88be, 0x22eb];
  out.lengthField(2, flags);
  out.lengthField(2, types[kind] ?? 0);
  if (flags & 0x8000) out.u32(0);
  if (hasKey) out.u32(key);
  if (flags & 0x1000) out.u32(random.word());
  layer["encapsulation"] = kind < 2 ? 3 : 4;
  layer["vni"] = hasKey ? key : -1;
  if (kind < 2) return writing.nested.ip(writing, kind === 0 ? 4 : 6);
  if (kind >= 3) layer["vni"] = writeErspan(writing, kind === 4);
  writing.nested.ethernet(writing);
}

/** Returns the session. */
function writeErspan({ out, random }: Writing, isThird: boolean): number {
  const session = random.below(1024);
  out
    .u16(isThird ? 0x2000 : 0x1000)
    .u16(session | (random.below(64) << 10))
    .u32(random.word());
  if (!isThird) return session;
  const hasSubheader = random.oneIn(2);
  out
    .u16(0)
    .u8(0)
    .u8(hasSubheader ? 1 : 0);
  if (hasSubheader) out.put(random.bytes(8));
  return session;
}

function writeIcmp(writing: Writing, layer: LayerTruth, version: 4 | 6): void {
  const { out, random } = writing;
  Object.assign(layer, { encapsulation: 0, vni: -1 });
  const isError = random.oneIn(2);
  if (isError) {
    const type = version === 4 ? random.pick([3, 5, 11, 12]) : random.pick([1, 2, 3, 4]);
    out.u8(type).u8(random.below(4)).u16(0).u32(0);
    Object.assign(layer, { icmpType: type, hasPorts: 0, hasQuoted: 1 });
    return writeQuote(writing, version);
  }
  const type = version === 4 ? random.pick([8, 0, 13]) : random.pick([128, 129]);
  const identifier = random.pick([0, 1, 0xffff, random.below(65_536)]);
  const sequence = random.below(65_536);
  out
    .u8(type)
    .u8(0)
    .u16(0)
    .u16(identifier)
    .u16(sequence)
    .put(random.bytes(random.below(30)));
  Object.assign(layer, {
    icmpType: type,
    icmpCode: 0,
    hasPorts: 1,
    srcPort: identifier,
    dstPort: identifier,
    icmpSequence: sequence,
  });
}

/** A quote is a packet of the same grammar, cut anywhere behind its IP header; its layers are not those of the packet. */
function writeQuote(writing: Writing, version: 4 | 6): void {
  const { out } = writing;
  const layers = writing.truth.layers.length;
  const { depthLeft, isHonest } = writing;
  const start = out.length;
  writing.depthLeft = 1;
  writing.nested.ip(writing, version);
  writing.truth.layers.length = layers;
  writing.depthLeft = depthLeft;
  writing.isHonest = isHonest;
  writing.mustFillFrame = false;
  const least = version === 4 ? 68 : 48;
  if (out.length - start > least && writing.random.oneIn(2)) out.cutTo(start + least);
}

function writeSctp(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  notePorts(writing, layer, random.pick(PORTS), random.pick(PORTS));
  out
    .u32(random.word())
    .u32(0)
    .put(random.bytes(random.below(40)));
}

function writeEsp(writing: Writing, layer: LayerTruth): void {
  const { out, random } = writing;
  out
    .u32(random.word())
    .u32(1)
    .put(random.bytes(random.between(0, 60)));
  Object.assign(layer, { sealed: 2, hasPorts: 0, encapsulation: 0 });
}

function writeOpaque(writing: Writing, layer: LayerTruth): void {
  writing.out.put(writing.random.bytes(writing.random.below(60)));
  Object.assign(layer, { hasPorts: 0, encapsulation: 0, sealed: 0 });
}
