/**
 * What must hold for the decoders, whatever the frame: nothing outside of it is read, offsets stay in it, lengths are no
 * less than nothing, and an honest frame says what its writer put in.
 */
import { decodeFrame } from "../../src/core/wire/decode-link.ts";
import { DecodeStop } from "../../src/core/wire/decode-stop.ts";
import { type IpLayer, PacketView } from "../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { expectThat, Finding } from "./finding.ts";
import type { FrameTruth, GrammarFrame } from "./frame-truth.ts";

const settings = defaultWireSettings();
const packet = new PacketView(settings);
const again = new PacketView(settings);

/** Where the frame stands in the buffers that surround it with something. */
const LEAD = 32;
const TAIL = 96;
const surroundings = new Uint8Array(LEAD + 262_144 + TAIL);

export function checkFrame({ bytes, linkType, wireLength, truth }: GrammarFrame): void {
  const length = bytes.length;
  // A view of exactly the frame: reading behind its end throws.
  const exact = new DataView(bytes.buffer, bytes.byteOffset, length);
  decodeFrame(exact, 0, length, wireLength, linkType, packet);
  checkRanges(packet, 0, length);
  if (truth !== null) checkTruth(packet, truth);
  // The same frame among other bytes: reading them would change something.
  for (const filler of [0x00, 0xff]) {
    surroundings.fill(filler, 0, LEAD);
    surroundings.set(bytes, LEAD);
    surroundings.fill(filler, LEAD + length, LEAD + length + TAIL);
    const view = new DataView(surroundings.buffer, 0, LEAD + length + TAIL);
    decodeFrame(view, LEAD, length, wireLength, linkType, again);
    expectSameMeaning(packet, again, LEAD);
  }
}

/** Of a frame cut anywhere, what is still read is the same. */
export function checkCut({ bytes, linkType }: GrammarFrame, length: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  decodeFrame(view, 0, bytes.length, bytes.length, linkType, packet);
  decodeFrame(view, 0, length, bytes.length, linkType, again);
  const common = Math.min(packet.depth, again.depth);
  for (let depth = 0; depth < common; depth += 1) {
    const whole = layerOf(packet, depth);
    const cut = layerOf(again, depth);
    for (const field of ["version", "src0", "src3", "dst0", "dst3", "ttl"] as const) {
      expectThat(
        whole[field] === cut[field],
        () => `layer ${depth}: ${field} is ${whole[field]}, cut to ${length} bytes ${cut[field]}`,
      );
    }
    if (whole.hasPorts === 1 && cut.hasPorts === 1) {
      expectThat(
        whole.srcPort === cut.srcPort && whole.dstPort === cut.dstPort,
        () => `layer ${depth}: ports change when the frame is cut to ${length}`,
      );
    }
  }
}

/** Cut at every byte: a view of exactly what is left throws when more is read. */
export function checkEveryCut({ bytes, linkType, wireLength }: GrammarFrame): void {
  for (let length = 0; length <= bytes.length; length += 1) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    decodeFrame(view, 0, length, wireLength, linkType, packet);
    checkRanges(packet, 0, length);
  }
}

function layerOf(view: PacketView, depth: number): IpLayer {
  const layer = view.layers[depth];
  if (layer === undefined) throw new Finding(`the depth ${view.depth} goes past the layers`);
  return layer;
}

function checkRanges(view: PacketView, start: number, end: number): void {
  expectThat(
    view.depth >= 0 && view.depth <= view.layers.length,
    () => `the depth is ${view.depth}`,
  );
  expectThat(view.innerEtherType === 0, () => "a tunnel was left unopened");
  if (view.stop !== DecodeStop.None) {
    expectThat(
      view.stopOffset >= start && view.stopAvailable >= 0 && view.stopLayer >= 0,
      () => `stop ${view.stop} at ${view.stopOffset}, ${view.stopAvailable} available`,
    );
  }
  let before = start;
  for (let depth = 0; depth < view.depth; depth += 1) {
    const layer = layerOf(view, depth);
    const at = (what: string) => () => `layer ${depth}: ${what} (${describe(layer)})`;
    expectThat(layer.version === 4 || layer.version === 6, at("no version"));
    expectThat(
      layer.headerOffset >= before && layer.headerOffset + (layer.version === 4 ? 20 : 40) <= end,
      at("header out of the frame"),
    );
    expectThat(
      layer.payloadOffset >= layer.headerOffset && layer.payloadOffset <= end,
      at("payloadOffset out of the frame"),
    );
    expectThat(layer.payloadEnd <= end, at("payloadEnd out of the frame"));
    expectThat(layer.payloadLength >= 0 && layer.payloadLength <= 0xffffffff, at("payloadLength"));
    expectThat(isPort(layer.srcPort) && isPort(layer.dstPort), at("a port"));
    expectThat(
      layer.tcpSequence >= 0 && layer.tcpSequence <= 0xffffffff && layer.tcpAck >= 0,
      at("a sequence number"),
    );
    expectThat(layer.fragmentOffset >= 0 && layer.fragmentOffset % 8 === 0, at("fragmentOffset"));
    before = layer.headerOffset + 1;
  }
}

function isPort(value: number): boolean {
  return value >= 0 && value <= 65_535;
}

const FRAME_FIELDS = [
  "depth",
  "stop",
  "stopLayer",
  "stopRequired",
  "stopAvailable",
  "stopLengthSource",
  "vlan",
  "innerVlan",
  "vlanTags",
  "etherType",
  "hasMac",
  "srcMacHigh",
  "srcMacLow",
  "dstMacHigh",
  "dstMacLow",
  "sllPacketType",
  "sllInterface",
] as const;

function checkTruth(view: PacketView, truth: FrameTruth): void {
  expectThat(
    view.depth === truth.layers.length,
    () =>
      `depth ${view.depth} instead of ${truth.layers.length}; stop ${view.stop} in layer ${view.stopLayer} at ${view.stopOffset}`,
  );
  for (const [field, wanted] of Object.entries(truth.frame)) {
    const got = Reflect.get(view, field);
    expectThat(got === wanted, () => `${field} is ${got}, written was ${wanted}`);
  }
  truth.layers.forEach((layer, depth) => {
    const found = layerOf(view, depth);
    for (const field in layer) {
      const got: unknown = Reflect.get(found, field);
      expectThat(
        got === layer[field],
        () =>
          `layer ${depth}: ${field} is ${got}, written was ${layer[field]} (${describe(found)})`,
      );
    }
  });
}

const OFFSETS: ReadonlySet<string> = new Set([
  "headerOffset",
  "transportOffset",
  "payloadOffset",
  "payloadEnd",
]);
const LAYER_FIELDS = Object.keys(packet.quoted) as (keyof IpLayer)[];

/** Equal in everything that a later reader looks at, offsets moved by `shift`. */
function expectSameMeaning(a: PacketView, b: PacketView, shift: number): void {
  for (const field of FRAME_FIELDS) {
    expectThat(
      a[field] === b[field],
      () => `${field} depends on bytes outside of the frame: ${a[field]} or ${b[field]}`,
    );
  }
  for (let depth = 0; depth < a.depth; depth += 1)
    expectSameLayer(layerOf(a, depth), layerOf(b, depth), shift, `layer ${depth}`);
  const last = a.depth > 0 ? layerOf(a, a.depth - 1) : null;
  if (last !== null && last.hasQuoted === 1)
    expectSameLayer(a.quoted, b.quoted, shift, "quoted packet");
}

function expectSameLayer(a: IpLayer, b: IpLayer, shift: number, name: string): void {
  for (const field of LAYER_FIELDS) {
    const moved = OFFSETS.has(field) ? shift : 0;
    const one = a[field] as number;
    const other = b[field] as number;
    // Nothing was read of a payload that is not there; its place is 0 either way.
    const isSame = one + moved === other || (moved > 0 && one === 0 && other === 0);
    expectThat(
      isSame,
      () => `${name}: ${field} depends on bytes outside of the frame: ${one} or ${other - moved}`,
    );
  }
}

function describe(layer: IpLayer): string {
  return `version ${layer.version}, protocol ${layer.protocol}, header at ${layer.headerOffset}, transport at ${layer.transportOffset}`;
}
