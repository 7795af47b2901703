/** Capture files for tests: classic pcap and pcapng, in both byte orders and time resolutions. */
import { ascii, concat } from "./bytes.ts";
import type { PacketBuilder } from "./packet.ts";

export interface CaptureRecord {
  readonly packet: PacketBuilder | Uint8Array;
  /** Nanoseconds since 1970; by default 2026-01-01T00:00:00Z plus one millisecond per record. */
  readonly timeNs?: bigint;
  /** Bytes on the wire; by default the length of the packet before the snaplen cut it. */
  readonly wireLength?: number;
  /** pcapng: index of the interface, 0 by default. */
  readonly interfaceIndex?: number;
}

/** 2026-01-01T00:00:00Z. */
export const CAPTURE_START_NS = 1_767_225_600_000_000_000n;

export interface CaptureOptions {
  readonly nano?: boolean;
  readonly bigEndian?: boolean;
  /** LINKTYPE_ value, 1 (Ethernet) by default. */
  readonly linkType?: number;
  /** Records are cut to it; 262144 by default. */
  readonly snaplen?: number;
}

export interface PcapngInterface {
  readonly linkType?: number;
  readonly snaplen?: number;
  readonly name?: string;
  /** Nanosecond resolution (if_tsresol 9) instead of the default microseconds. */
  readonly nano?: boolean;
}

export interface PcapngOptions extends CaptureOptions {
  /** Default: one interface with the linkType, snaplen and nano of the other options. */
  readonly interfaces?: readonly PcapngInterface[];
}

interface PlainRecord {
  readonly bytes: Uint8Array;
  readonly wireLength: number;
  readonly timeNs: bigint;
  readonly interfaceIndex: number;
}

type RecordInput = CaptureRecord | PacketBuilder | Uint8Array;

function plainRecord(input: RecordInput, index: number): PlainRecord {
  const record: CaptureRecord =
    input instanceof Uint8Array || !("packet" in input) ? { packet: input } : input;
  const bytes = record.packet instanceof Uint8Array ? record.packet : record.packet.bytes();
  return {
    bytes,
    wireLength: record.wireLength ?? bytes.length,
    timeNs: record.timeNs ?? CAPTURE_START_NS + BigInt(index) * 1_000_000n,
    interfaceIndex: record.interfaceIndex ?? 0,
  };
}

function words(
  bigEndianFile: boolean,
  ...fields: readonly (readonly [value: number, bytes: 2 | 4])[]
): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, length]) => sum + length, 0)));
  let offset = 0;
  for (const [value, length] of fields) {
    if (length === 2) view.setUint16(offset, value, !bigEndianFile);
    else view.setUint32(offset, value, !bigEndianFile);
    offset += length;
  }
  return new Uint8Array(view.buffer);
}

/** A classic pcap file (draft-ietf-opsawg-pcap). */
export function pcapFile(
  records: readonly RecordInput[],
  options: CaptureOptions = {},
): Uint8Array {
  const order = options.bigEndian ?? false;
  const snaplen = options.snaplen ?? 262_144;
  const nano = options.nano ?? false;
  const header = words(
    order,
    [nano ? 0xa1b23c4d : 0xa1b2c3d4, 4],
    [2, 2],
    [4, 2],
    [0, 4],
    [0, 4],
    [snaplen, 4],
    [options.linkType ?? 1, 4],
  );
  const parts = records.map(plainRecord).map(({ bytes, wireLength, timeNs }) => {
    const captured = bytes.subarray(0, snaplen);
    const fraction = Number(timeNs % 1_000_000_000n);
    return concat(
      words(
        order,
        [Number(timeNs / 1_000_000_000n), 4],
        [nano ? fraction : Math.floor(fraction / 1000), 4],
        [captured.length, 4],
        [wireLength, 4],
      ),
      captured,
    );
  });
  return concat(header, ...parts);
}

/** One pcapng block: type, length, body padded to 32 bits, length again (draft-ietf-opsawg-pcapng section 3.1). */
export function pcapngBlock(type: number, body: Uint8Array, bigEndianFile = false): Uint8Array {
  const padded = concat(body, new Uint8Array(-body.length & 3));
  const length = padded.length + 12;
  return concat(
    words(bigEndianFile, [type, 4], [length, 4]),
    padded,
    words(bigEndianFile, [length, 4]),
  );
}

function option(bigEndianFile: boolean, code: number, value: Uint8Array): Uint8Array {
  return concat(
    words(bigEndianFile, [code, 2], [value.length, 2]),
    value,
    new Uint8Array(-value.length & 3),
  );
}

/** A pcapng file: section header, one description per interface, enhanced packet blocks. */
export function pcapngFile(
  records: readonly RecordInput[],
  options: PcapngOptions = {},
): Uint8Array {
  const order = options.bigEndian ?? false;
  const { interfaces = [options] } = options;
  const section = words(order, [0x1a2b3c4d, 4], [1, 2], [0, 2], [0xffffffff, 4], [0xffffffff, 4]);
  const descriptions = interfaces.map((face: PcapngInterface) => {
    const name = face.name === undefined ? [] : [option(order, 2, ascii(face.name))];
    const resolution = face.nano === true ? [option(order, 9, Uint8Array.of(9))] : [];
    const all = [...name, ...resolution];
    const end = all.length === 0 ? [] : [option(order, 0, new Uint8Array(0))];
    const fixed = words(order, [face.linkType ?? 1, 2], [0, 2], [face.snaplen ?? 262_144, 4]);
    return pcapngBlock(1, concat(fixed, ...all, ...end), order);
  });
  const packets = records.map(plainRecord).map(({ bytes, wireLength, timeNs, interfaceIndex }) => {
    const face = interfaces[interfaceIndex];
    if (face === undefined) throw new Error(`no interface ${interfaceIndex}`);
    const captured = bytes.subarray(0, face.snaplen ?? 262_144);
    const time = face.nano === true ? timeNs : timeNs / 1000n;
    const fixed = words(
      order,
      [interfaceIndex, 4],
      [Number(time >> 32n), 4],
      [Number(time & 0xffffffffn), 4],
      [captured.length, 4],
      [wireLength, 4],
    );
    return pcapngBlock(6, concat(fixed, captured), order);
  });
  return concat(pcapngBlock(0x0a0d0d0a, section, order), ...descriptions, ...packets);
}
