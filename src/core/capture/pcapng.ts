/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of type, length, body and the length again. Packets are in Enhanced, Simple
 * and (obsolete) Packet Blocks; what a section says about itself is read by PcapngMetadata; all other blocks are stepped over.
 */
import type { DiagnosticKind, DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { MAX_CAPTURED_LENGTH, MAX_PCAPNG_BLOCK_LENGTH } from "../limits.ts";
import type { ByteWindow } from "./byte-window.ts";
import {
  BLOCK_DAMAGED,
  BLOCK_MALFORMED,
  BLOCKS_SKIPPED,
  HEADER_TRUNCATED,
  INTERFACE_UNKNOWN,
  LENGTH_INCONSISTENT,
  OPTION_MALFORMED,
  RECORD_SHORTENED,
  RECORD_TRUNCATED,
  SECTION_VERSION,
  TIME_MISSING,
  TIME_OUT_OF_RANGE,
} from "./capture-diagnostics.ts";
import { PCAPNG_BYTE_ORDER_MAGIC, PCAPNG_SECTION_HEADER, sniffCapture } from "./capture-format.ts";
import type { CaptureInfo } from "./capture-info.ts";
import { type InterfaceState, type PcapngBlock, PcapngMetadata } from "./pcapng-metadata.ts";
import { PacketOptions } from "./pcapng-packet-options.ts";
import { skippedBlockName } from "./pcapng-skipped.ts";
import { type RecordCursor, RecordStatus, type RecordStatusCode } from "./record-cursor.ts";
import { RepeatedDiagnostics } from "./repeated-diagnostics.ts";

const INTERFACE_DESCRIPTION = 1;
const PACKET = 2;
const SIMPLE_PACKET = 3;
const NAME_RESOLUTION = 4;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

/** The drop counter of an obsolete Packet Block when its writer did not count. */
const DROPS_NOT_COUNTED = 0xffff;

/** Type, length and trailing length: the least a block can be. */
const MIN_BLOCK_LENGTH = 12;
const MIN_SECTION_HEADER_LENGTH = 28;
/** Of Enhanced and obsolete Packet Blocks: fields before the frame, and with the trailing length. */
const PACKET_FRAME_OFFSET = 28;
const MIN_PACKET_LENGTH = 32;
const SIMPLE_PACKET_FRAME_OFFSET = 12;
const MIN_SIMPLE_PACKET_LENGTH = 16;

/** Slots of the diagnostics that a single record can raise. */
const SHORTENED = 0;
const UNKNOWN_INTERFACE = 1;
const OUT_OF_RANGE = 2;
const NO_TIME = 3;
const CAPTURED_OVER_WIRE = 4;
const TOO_SHORT = 5;
const BAD_OPTION = 6;
const SKIPPED = 7;
const RECORD_KINDS: readonly DiagnosticKind[] = [
  RECORD_SHORTENED,
  INTERFACE_UNKNOWN,
  TIME_OUT_OF_RANGE,
  TIME_MISSING,
  LENGTH_INCONSISTENT,
  BLOCK_MALFORMED,
  OPTION_MALFORMED,
  BLOCKS_SKIPPED,
];

export class PcapngCursor implements RecordCursor {
  capturedLength = 0;
  wireLength = 0;
  frameCheckLength = 0;
  frameOffset = 0;
  seconds = 0;
  nanos = 0;
  interfaceIndex = 0;
  linkType = 0;
  record = 0;
  ended = false;

  readonly #window: ByteWindow;
  readonly #file: string;
  readonly #log: DiagnosticLog;
  readonly #repeated: RepeatedDiagnostics;
  readonly #metadata: PcapngMetadata;
  readonly #packetOptions: PacketOptions;
  /** Wire bytes, captured bytes: doubles from the start, so that no sum changes its representation on the way. */
  readonly #totals = new Float64Array(2);
  /** The metadata's list of the current section, held here because every packet looks into it. */
  #interfaces: InterfaceState[] = [];
  #little = true;
  #firstSectionLittle = true;
  #sections = 0;
  /** Inside a section of an unknown version: nothing is read until the next section. */
  #isSkipping = false;
  #recordStart = 0;

  /** `window` may already hold the first bytes of the file. */
  constructor(window: ByteWindow, file: string, log: DiagnosticLog) {
    this.#window = window;
    this.#file = file;
    this.#log = log;
    this.#repeated = new RepeatedDiagnostics(log, file, RECORD_KINDS);
    this.#metadata = new PcapngMetadata(file, log);
    this.#packetOptions = new PacketOptions(this.#metadata);
  }

  get view(): DataView {
    return this.#window.view;
  }
  get bytes(): Uint8Array {
    return this.#window.bytes;
  }
  get fileOffset(): number {
    return this.#window.base + this.#recordStart;
  }

  space(): Uint8Array {
    return this.#window.space();
  }
  filled(count: number): void {
    this.#window.filled(count);
  }
  finish(): void {
    this.#window.finished = true;
  }

  next(): RecordStatusCode {
    if (this.ended) return RecordStatus.End;
    const window = this.#window;
    for (;;) {
      const start = window.start;
      const available = window.end - start;
      if (available < MIN_BLOCK_LENGTH) return this.#starve(MIN_BLOCK_LENGTH);
      const view = window.view;
      const type = view.getUint32(start, this.#little);
      if (type === PCAPNG_SECTION_HEADER && !this.#readByteOrder(start)) {
        return this.#damaged("a section header without a byte-order magic");
      }
      const little = this.#little;
      const length = view.getUint32(start + 4, little);
      if (length < MIN_BLOCK_LENGTH || length > MAX_PCAPNG_BLOCK_LENGTH || (length & 3) !== 0) {
        return this.#damagedLength(type, length);
      }
      if (available < length) return this.#starve(length);
      if (view.getUint32(start + length - 4, little) !== length) {
        return this.#damaged("a block whose length at its end differs from the one at its start");
      }
      window.start = start + length;
      this.#recordStart = start;
      if (this.#readBlock(type, start, length, little)) return RecordStatus.Record;
    }
  }

  info(): CaptureInfo {
    const { interfaces, drops, comments, names, section } = this.#metadata;
    return {
      format: "pcapng",
      byteOrder: this.#firstSectionLittle ? "little" : "big",
      interfaces: [...interfaces],
      drops,
      comments: [...comments],
      names: [...names],
      ...section,
      records: this.record,
      wireBytes: this.#totals[0] ?? 0,
      capturedBytes: this.#totals[1] ?? 0,
    };
  }

  /** True when the block was a record. */
  #readBlock(type: number, start: number, length: number, little: boolean): boolean {
    if (type === PCAPNG_SECTION_HEADER) this.#readSection(start, length, little);
    if (this.#isSkipping) return false;
    if (type === ENHANCED_PACKET) return this.#readEnhancedPacket(start, length, little);
    return this.#readOtherBlock(type, start, length, little);
  }

  /** Enhanced Packet Block, section 4.3. */
  #readEnhancedPacket(start: number, length: number, little: boolean): boolean {
    if (length < MIN_PACKET_LENGTH) return this.#tooShort("an Enhanced Packet Block", length);
    const view = this.#window.view;
    const state = this.#interfaces[view.getUint32(start + 8, little)];
    this.#readPacket(state ?? this.#unknownInterface(), start, length, little);
    return true;
  }

  /** The part that Enhanced Packet Blocks and the obsolete Packet Blocks have in common. */
  #readPacket(state: InterfaceState, start: number, length: number, little: boolean): void {
    const view = this.#window.view;
    const claimed = view.getUint32(start + 20, little);
    this.#accept(state, start + PACKET_FRAME_OFFSET, claimed, length - MIN_PACKET_LENGTH);
    this.wireLength = view.getUint32(start + 24, little);
    const unit = state.unit;
    if (!unit.convert(view.getUint32(start + 12, little), view.getUint32(start + 16, little))) {
      this.#note(OUT_OF_RANGE, "the record's time is before 1970 or after 2106");
    }
    this.seconds = unit.seconds;
    this.nanos = unit.nanos;
    this.#count();
    const optionsStart = start + PACKET_FRAME_OFFSET + ((claimed + 3) & ~3);
    const optionsEnd = start + length - 4;
    if (claimed === this.capturedLength && optionsStart < optionsEnd) {
      this.#readPacketOptions(state, optionsStart, optionsEnd, little);
    }
  }

  /** Makes a record of the frame at `frameOffset`; never more than `room`, the bytes that the block really has. */
  #accept(state: InterfaceState, frameOffset: number, claimed: number, room: number): void {
    this.record += 1;
    this.frameOffset = frameOffset;
    this.interfaceIndex = state.index;
    this.linkType = state.linkType;
    this.frameCheckLength = state.frameCheckLength;
    this.capturedLength = claimed;
    if (claimed > room || claimed > MAX_CAPTURED_LENGTH) {
      this.capturedLength = Math.min(room, MAX_CAPTURED_LENGTH);
      this.#note(
        SHORTENED,
        "the record claims more captured bytes than its block holds or a packet can have",
      );
    }
  }

  #count(): void {
    if (this.capturedLength > this.wireLength) {
      this.#note(CAPTURED_OVER_WIRE, "the record holds more bytes than it says were on the wire");
    }
    const totals = this.#totals;
    totals[0] = (totals[0] as number) + this.wireLength;
    totals[1] = (totals[1] as number) + this.capturedLength;
  }

  #readPacketOptions(state: InterfaceState, start: number, end: number, little: boolean): void {
    const { view, bytes } = this.#window;
    const options = this.#packetOptions;
    if (!options.read(view, bytes, state, start, end, little, this.record)) {
      this.#note(BAD_OPTION, "an option of a packet does not fit its block");
    }
    if (options.frameCheckLength > 0) this.frameCheckLength = options.frameCheckLength;
  }

  /** Everything but Enhanced Packet Blocks, which are nearly all blocks of a file. */
  #readOtherBlock(type: number, start: number, length: number, little: boolean): boolean {
    switch (type) {
      case PACKET:
        return this.#readObsoletePacket(start, length, little);
      case SIMPLE_PACKET:
        return this.#readSimplePacket(start, length, little);
      case INTERFACE_DESCRIPTION:
        this.#metadata.readInterface(this.#block(start, length, little));
        break;
      case INTERFACE_STATISTICS:
        this.#metadata.readStatistics(this.#block(start, length, little));
        break;
      case NAME_RESOLUTION:
        this.#metadata.readNames(this.#block(start, length, little));
        break;
      case PCAPNG_SECTION_HEADER:
        break;
      default:
        this.#skip(type);
        break;
    }
    return false;
  }

  /** Packet Block, appendix A: like an Enhanced one, with a 16-bit interface id and a drop counter. */
  #readObsoletePacket(start: number, length: number, little: boolean): boolean {
    if (length < MIN_PACKET_LENGTH) return this.#tooShort("a Packet Block", length);
    const view = this.#window.view;
    const state = this.#interfaces[view.getUint16(start + 8, little)] ?? this.#unknownInterface();
    const drops = view.getUint16(start + 10, little);
    if (drops !== DROPS_NOT_COUNTED) this.#metadata.addDrops(state, BigInt(drops));
    this.#readPacket(state, start, length, little);
    return true;
  }

  /** Decryption secrets, logs, custom and unknown blocks hold no packet. */
  #skip(type: number): void {
    if (!this.#repeated.isFirst(SKIPPED)) return;
    const message = `a block of type 0x${type.toString(16)} (${skippedBlockName(type)}) holds no packet`;
    this.#repeated.describe(SKIPPED, this.record + 1, this.fileOffset, message);
  }

  /** Simple Packet Block, section 4.4: of the section's first interface, cut to its snaplen, without a time. */
  #readSimplePacket(start: number, length: number, little: boolean): boolean {
    if (length < MIN_SIMPLE_PACKET_LENGTH) return this.#tooShort("a Simple Packet Block", length);
    const state = this.#interfaces[0] ?? this.#unknownInterface();
    const wireLength = this.#window.view.getUint32(start + 8, little);
    const claimed = state.snaplen === 0 ? wireLength : Math.min(wireLength, state.snaplen);
    const room = length - MIN_SIMPLE_PACKET_LENGTH;
    this.#accept(state, start + SIMPLE_PACKET_FRAME_OFFSET, claimed, room);
    this.wireLength = wireLength;
    this.#note(NO_TIME, "a Simple Packet Block carries no time");
    this.#count();
    return true;
  }

  #readSection(start: number, length: number, little: boolean): void {
    if (this.#sections === 0) this.#firstSectionLittle = little;
    this.#sections += 1;
    const view = this.#window.view;
    const isShort = length < MIN_SECTION_HEADER_LENGTH;
    const major = isShort ? 0 : view.getUint16(start + 12, little);
    this.#isSkipping = major !== 1;
    if (this.#isSkipping) {
      const minor = isShort ? 0 : view.getUint16(start + 14, little);
      this.#report(
        SECTION_VERSION,
        `section ${this.#sections} has version ${major}.${minor}`,
        start,
      );
    } else {
      this.#metadata.readSection(this.#block(start, length, little));
      this.#interfaces = this.#metadata.sectionInterfaces;
    }
  }

  /** A section header decides the byte order of its own length, too; false when it has neither. */
  #readByteOrder(start: number): boolean {
    const magic = this.#window.view.getUint32(start + 8, false);
    if (magic === PCAPNG_BYTE_ORDER_MAGIC) this.#little = false;
    else if (this.#window.view.getUint32(start + 8, true) === PCAPNG_BYTE_ORDER_MAGIC) {
      this.#little = true;
    } else return false;
    return true;
  }

  #block(start: number, length: number, little: boolean): PcapngBlock {
    const { view, bytes, base } = this.#window;
    return { view, bytes, start, end: start + length - 4, little, fileOffset: base + start };
  }

  #unknownInterface(): InterfaceState {
    if (this.#repeated.isFirst(UNKNOWN_INTERFACE)) {
      const message = "the record names an interface that its section does not describe";
      this.#repeated.describe(UNKNOWN_INTERFACE, this.record + 1, this.fileOffset, message);
    }
    return this.#metadata.notDescribedInterface();
  }

  #tooShort(name: string, length: number): false {
    if (this.#repeated.isFirst(TOO_SHORT)) {
      const message = `${name} has ${length} bytes, too few for its fields`;
      this.#repeated.describe(TOO_SHORT, this.record + 1, this.fileOffset, message);
    }
    return false;
  }

  /** Counts an oddity of the current record. */
  #note(slot: number, message: string): void {
    if (this.#repeated.isFirst(slot)) {
      this.#repeated.describe(slot, this.record, this.fileOffset, message);
    }
  }

  #report(kind: DiagnosticKind, message: string, start: number): void {
    const offset = this.#window.base + start;
    this.#log.add(kind, { file: this.#file, record: this.record + 1, offset }, message);
  }

  /** Too few bytes for the next block: ask for more, or, at the end of the file, say what was cut. */
  #starve(needed: number): RecordStatusCode {
    const window = this.#window;
    if (!window.finished) return RecordStatus.NeedMore;
    const available = window.end - window.start;
    if (available > 0) {
      const kind = this.#sections === 0 ? HEADER_TRUNCATED : RECORD_TRUNCATED;
      const atLeast = needed === MIN_BLOCK_LENGTH ? "at least " : "";
      const message = `the file ends after ${available} of the ${atLeast}${needed} bytes of a block`;
      this.#report(kind, message, window.start);
    }
    return this.#close();
  }

  #damagedLength(type: number, length: number): RecordStatusCode {
    const { bytes, start, end } = this.#window;
    if (sniffCapture(bytes.subarray(start, end)) === "pcap") {
      return this.#damaged("a classic pcap file behind the pcapng (joined with cat; use mergecap)");
    }
    return this.#damaged(
      `a block of type 0x${type.toString(16)} with the impossible length ${length}`,
    );
  }

  #damaged(what: string): RecordStatusCode {
    this.#report(BLOCK_DAMAGED, `here is ${what}`, this.#window.start);
    return this.#close();
  }

  #close(): RecordStatusCode {
    this.ended = true;
    this.#repeated.flush();
    return RecordStatus.End;
  }
}
