/** Decoding for tests: one packet in, lines of text out, and the checks that every decoder has to pass. */
import { expect, test } from "vitest";
import { formatAddress } from "../../src/core/address/ip-text.ts";
import { MAX_IP_LAYERS } from "../../src/core/limits.ts";
import { decodeFrame } from "../../src/core/wire/decode-link.ts";
import { DecodeStop, LAYER_NAMES, LengthSource } from "../../src/core/wire/decode-stop.ts";
import { LinkType } from "../../src/core/wire/link-type.ts";
import {
  Encapsulation,
  type IpLayer,
  PacketView,
  Sealed,
  type WireSettings,
} from "../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { concat } from "./bytes.ts";
import type { PacketBuilder } from "./packet.ts";

export interface DecodeOptions {
  /** LINKTYPE_ value; Ethernet by default. */
  readonly linkType?: number;
  /** Bytes that were captured; all by default. */
  readonly snaplen?: number;
  /** Bytes on the wire; those of the packet by default. */
  readonly wireLength?: number;
  readonly settings?: WireSettings;
}

/** A view of exactly these bytes, so that a read past their end throws. */
export function tightView(bytes: Uint8Array): DataView {
  return new DataView(Uint8Array.from(bytes).buffer);
}

export function decode(input: PacketBuilder | Uint8Array, options: DecodeOptions = {}): PacketView {
  const bytes = input instanceof Uint8Array ? input : input.bytes();
  const captured = bytes.subarray(0, options.snaplen ?? bytes.length);
  const packet = new PacketView(options.settings ?? defaultWireSettings());
  const wireLength = options.wireLength ?? bytes.length;
  const linkType = options.linkType ?? LinkType.Ethernet;
  decodeFrame(tightView(captured), 0, captured.length, wireLength, linkType, packet);
  return packet;
}

/** The IP layers of a packet, outermost first. */
export function layersOf(packet: PacketView): readonly IpLayer[] {
  return packet.layers.slice(0, packet.depth);
}

/** The innermost IP layer. */
export function innermost(packet: PacketView): IpLayer {
  const layer = packet.layers[packet.depth - 1];
  if (layer === undefined) throw new Error("no IP layer was decoded");
  return layer;
}

function nameOf(table: Readonly<Record<string, number>>, code: number): string {
  return Object.entries(table).find(([, value]) => value === code)?.[0] ?? `?${code}`;
}

function endpoints(layer: IpLayer): string {
  const family = layer.version === 4 ? 4 : 6;
  const text = (words: readonly [number, number, number, number], port: number): string => {
    const address = formatAddress(family, words);
    if (layer.hasPorts === 0) return address;
    return family === 4 ? `${address}:${port}` : `[${address}]:${port}`;
  };
  const src = text([layer.src0, layer.src1, layer.src2, layer.src3], layer.srcPort);
  const dst = text([layer.dst0, layer.dst1, layer.dst2, layer.dst3], layer.dstPort);
  return `${src} > ${dst}`;
}

/**
 * One line per IP layer, the quoted packet behind "quotes", and a last line for a stop:
 *
 *   10.0.1.10:40000 > 10.0.2.20:4789 protocol 17 payload 62 Vxlan vni 42
 *   stop Truncated: TCP header at 64 needs 20, has 4 (Captured)
 */
export function outline(packet: PacketView): string[] {
  const lines = layersOf(packet).map((layer) => {
    const parts = [`${endpoints(layer)} protocol ${layer.protocol} payload ${layer.payloadLength}`];
    if (layer.fragmentOffset !== 0 || layer.moreFragments !== 0) {
      parts.push(`fragment ${layer.fragmentOffset}${layer.moreFragments === 1 ? "+" : ""}`);
    }
    if (layer.icmpType >= 0) parts.push(`icmp ${layer.icmpType}/${layer.icmpCode}`);
    if (layer.encapsulation !== 0) parts.push(nameOf(Encapsulation, layer.encapsulation));
    if (layer.vni >= 0) parts.push(`vni ${layer.vni}`);
    if (layer.sealed !== 0) parts.push(`sealed ${nameOf(Sealed, layer.sealed)}`);
    if (layer.hasQuoted === 1) {
      parts.push(`quotes ${endpoints(packet.quoted)} protocol ${packet.quoted.protocol}`);
    }
    return parts.join(" ");
  });
  if (packet.stop !== DecodeStop.None) lines.push(stopLine(packet));
  return lines;
}

function stopLine(packet: PacketView): string {
  const place = `${LAYER_NAMES[packet.stopLayer]} at ${packet.stopOffset}`;
  const stop = nameOf(DecodeStop, packet.stop);
  if (packet.stop === DecodeStop.Unsupported) return `stop ${stop}: ${place}`;
  const source = nameOf(LengthSource, packet.stopLengthSource);
  return `stop ${stop}: ${place} needs ${packet.stopRequired}, has ${packet.stopAvailable} (${source})`;
}

/** Fails unless the view is sound. */
export function expectSound(packet: PacketView): void {
  expect(soundnessProblems(packet)).toEqual([]);
}

/** What must hold for every view, whatever the bytes were, and does not. */
export function soundnessProblems(packet: PacketView): string[] {
  const problems: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  check(packet.depth <= MAX_IP_LAYERS, "depth is bounded");
  check(packet.innerEtherType === 0, "no tunnel is left unopened");
  check(packet.stopAvailable >= 0 && packet.stopRequired >= 0, "stop lengths are not negative");
  for (const [index, layer] of layersOf(packet).entries()) {
    const at = `layer ${index}: `;
    check(layer.version === 4 || layer.version === 6, `${at}version`);
    check(layer.headerOffset >= packet.frameOffset, `${at}header in the frame`);
    check(layer.transportOffset > layer.headerOffset, `${at}transport after header`);
    check(layer.payloadOffset <= layer.payloadEnd, `${at}payload start before end`);
    check(layer.payloadEnd <= packet.frameEnd, `${at}payload end in the frame`);
    check(layer.payloadLength >= 0, `${at}payload length`);
    check(layer.payloadLength <= Math.max(layer.transportLength, 0), `${at}payload in transport`);
    check(layer.transportLength >= 0, `${at}transport length`);
    check(layer.fragmentOffset === 0 || layer.hasPorts === 0, `${at}later fragments: no ports`);
    const isCarrier = index < packet.depth - 1;
    check(!isCarrier || layer.encapsulation !== Encapsulation.None, `${at}carries what follows`);
    check(layer.encapsulation !== Encapsulation.None || layer.vni === -1, `${at}vni of a tunnel`);
  }
  return problems;
}

/** Declares the tests that every decoder gets: each truncation and each single damaged byte of a good packet. */
export function checkDecoder(input: PacketBuilder | Uint8Array, options: DecodeOptions = {}): void {
  const bytes = input instanceof Uint8Array ? input : input.bytes();
  const whole = outline(decode(bytes, options));

  test("every truncation is read up to its end and not further", () => {
    for (let snaplen = 0; snaplen < bytes.length; snaplen++) {
      const packet = decode(bytes, { ...options, snaplen, wireLength: bytes.length });
      expectSound(packet);
      expect([DecodeStop.None, DecodeStop.Truncated, DecodeStop.Unsupported]).toContain(
        packet.stop,
      );
      expect(packet.stopAvailable).toBeLessThanOrEqual(snaplen);
      // What is left of the packet is the beginning of the same story.
      expect(packet.depth).toBeLessThanOrEqual(whole.length);
    }
  });

  test("no single damaged byte throws or leaves an unsound view", () => {
    for (let i = 0; i < bytes.length; i++) {
      for (const bits of [0x01, 0x08, 0x10, 0x40, 0x80, 0xf0, 0xff]) {
        const damaged = concat(bytes);
        damaged[i] = (damaged[i] ?? 0) ^ bits;
        expectSound(decode(damaged, options));
      }
    }
  });
}
