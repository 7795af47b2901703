/** IP headers of the packet grammar: options, extension headers, fragments, offload's length of 0. */
import type { LayerTruth } from "./frame-truth.ts";
import { chooseTransport, type Transport } from "./packet-transport.ts";
import { addLayer, type Writing } from "./packet-writing.ts";

/** Few addresses, so that packets meet again in one flow; some that only bit tricks get wrong. */
const ADDRESSES4 = [
  0x0a000101, 0x0a000102, 0x0a0001ff, 0xc0a80001, 0xffffffff, 0x00000000, 0x80000000, 0xac1f0a7f,
];
const ADDRESSES6: readonly (readonly [number, number, number, number])[] = [
  [0x20010db8, 0, 0, 1],
  [0x20010db8, 0, 0xffff0000, 0x80000002],
  [0xfe800000, 0, 0x02420aff, 0xfe000102],
  [0, 0, 0, 1],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
];

export function writeIp(writing: Writing, version: 4 | 6): void {
  writing.depthLeft -= 1;
  const layer = addLayer(writing);
  layer["version"] = version;
  layer["headerOffset"] = writing.out.length;
  const transport = chooseTransport(writing, version);
  if (version === 4) writeIpv4(writing, layer, transport);
  else writeIpv6(writing, layer, transport);
}

function writeIpv4(writing: Writing, layer: LayerTruth, transport: Transport): void {
  const { out, random } = writing;
  const start = out.length;
  const optionWords = random.oneIn(8) ? random.between(1, 10) : 0;
  out.ipv4HeaderHere();
  out.lengthField(1, 0x40 | (5 + optionWords));
  out.u8(random.pick([0, 0x10, 0xb8]));
  const lengthField = out.lengthField(2);
  const ipId = random.below(random.oneIn(2) ? 4 : 65_536);
  out.u16(ipId);
  const fragment = random.oneIn(12) ? random.pick([0x2000, 0x2001, 0x0001, 0x1fff, 0x3fff]) : 0;
  out.lengthField(2, fragment !== 0 ? fragment : random.pick([0, 0x4000]));
  const ttl = random.pick([0, 1, 63, 64, 255]);
  out.u8(ttl);
  const authenticated = fragment === 0 && random.oneIn(20);
  out.lengthField(1, authenticated ? 51 : transport.protocol);
  out.u16(0);
  const addresses = writing.isNarrow ? ADDRESSES4.slice(0, 3) : ADDRESSES4;
  const src = random.pick(addresses);
  const dst = random.pick(addresses);
  out
    .u32(src)
    .u32(dst)
    .put(random.bytes(optionWords * 4));
  Object.assign(layer, { src0: src | 0, dst0: dst | 0, ipId, ttl });
  Object.assign(layer, { fragmentOffset: (fragment & 0x1fff) * 8, moreFragments: fragment >>> 13 });
  if (authenticated) writeAuthenticationHeader(writing, transport.protocol);
  layer["transportOffset"] = out.length;
  layer["protocol"] = transport.protocol;
  writeBody(writing, layer, transport, fragment !== 0);
  const total = out.length - start;
  const isOutermost = writing.truth.layers[0] === layer;
  // Offload leaves 0 in the header; the frame then says how long the packet is, and it must end with it.
  const isOffload = isOutermost && fragment === 0 && transport.protocol === 6 && random.oneIn(10);
  if (isOffload) writing.mustFillFrame = true;
  out.set({ offset: lengthField, width: 2 }, isOffload ? 0 : total);
}

function writeIpv6(writing: Writing, layer: LayerTruth, transport: Transport): void {
  const { out, random } = writing;
  out.u32(0x60000000 | random.below(1 << 20));
  const lengthField = out.lengthField(2);
  const nextAt = out.lengthField(1, transport.protocol);
  const ttl = random.pick([1, 64, 255]);
  out.u8(ttl);
  const addresses = writing.isNarrow ? ADDRESSES6.slice(0, 3) : ADDRESSES6;
  const src = random.pick(addresses);
  const dst = random.pick(addresses);
  for (const word of src) out.u32(word);
  for (const word of dst) out.u32(word);
  src.forEach((word, i) => {
    layer[`src${i}`] = word | 0;
  });
  dst.forEach((word, i) => {
    layer[`dst${i}`] = word | 0;
  });
  layer["ttl"] = ttl;
  const start = out.length;
  const isFragment = writeExtensions(writing, layer, transport, nextAt);
  layer["protocol"] = transport.protocol;
  layer["transportOffset"] = out.length;
  writeBody(writing, layer, transport, isFragment);
  // As in IPv4. With a hop-by-hop header in front, its options are searched for the true length.
  const isOutermost = writing.truth.layers[0] === layer;
  const isOffload = isOutermost && !isFragment && transport.protocol === 6 && random.oneIn(6);
  if (isOffload) writing.mustFillFrame = true;
  out.set({ offset: lengthField, width: 2 }, isOffload ? 0 : out.length - start);
}

/** True when one of them is a fragment header. */
function writeExtensions(
  writing: Writing,
  layer: LayerTruth,
  transport: Transport,
  nextAt: number,
): boolean {
  const { out, random } = writing;
  layer["fragmentOffset"] = 0;
  layer["moreFragments"] = 0;
  layer["ipId"] = -1;
  let count = random.oneIn(5) ? random.between(1, 3) : 0;
  if (random.oneIn(80)) count = random.between(15, 17);
  if (count > 16) writing.isHonest = false;
  let previous = nextAt;
  let isFragment = false;
  for (let i = 0; i < count && !isFragment; i += 1) {
    const type = i === 0 && random.oneIn(2) ? 0 : random.pick([0, 43, 60, 135, 44, 51]);
    out.set({ offset: previous, width: 1 }, type);
    previous = out.lengthField(1, transport.protocol);
    if (type === 44) {
      isFragment = true;
      const fragment = random.pick([1, 0x10, 0xfff9, 0]);
      const id = random.pick([7, 0xfffffffe, random.word()]);
      out.u8(0).u16(fragment).u32(id);
      layer["fragmentOffset"] = fragment & 0xfff8;
      layer["moreFragments"] = fragment & 1;
      // The field is unsigned here and a signed word in the flow table.
      layer["ipId"] = id;
    } else if (type === 51) {
      const words = random.between(1, 4);
      out.lengthField(1, words);
      out.put(random.bytes((words + 2) * 4 - 2));
    } else {
      const units = random.below(3);
      out.lengthField(1, units);
      writeHeaderOptions(writing, units * 8 + 6);
    }
  }
  return isFragment;
}

/** Options of a hop-by-hop or destination header (RFC 8200 section 4.2): padding, router alert, a jumbo length too small to count. */
function writeHeaderOptions({ out, random }: Writing, length: number): void {
  const end = out.length + length;
  while (out.length < end) {
    const left = end - out.length;
    if (left >= 6 && random.oneIn(3)) out.u8(0xc2).counted(1, 4).u32(random.below(65_536));
    else if (left >= 4 && random.oneIn(3)) out.u8(5).counted(1, 2).u16(0);
    else if (left >= 2 && random.oneIn(2)) {
      const padding = random.below(left - 1);
      out.u8(1).lengthField(1, padding);
      out.zeros(padding);
    } else out.u8(0);
  }
}

function writeAuthenticationHeader({ out, random }: Writing, next: number): void {
  out.lengthField(1, next);
  const words = random.between(1, 6);
  out.lengthField(1, words);
  out.put(random.bytes((words + 2) * 4 - 2));
}

/** A later fragment is the middle of something: nothing of it is read. A first one says what it is like a whole packet. */
function writeBody(
  writing: Writing,
  layer: LayerTruth,
  transport: Transport,
  isFragment: boolean,
): void {
  const { out, random } = writing;
  if (!isFragment) return transport.write(layer);
  if ((layer["fragmentOffset"] ?? 0) > 0) {
    out.put(random.bytes(random.between(1, 24)));
    layer["hasPorts"] = 0;
    return;
  }
  transport.write(layer);
}
