/**
 * Classic pcap: a 24-byte file header, then records of a 16-byte header and the frame (draft-ietf-opsawg-pcap; the
 * variants are libpcap's sf-pcap.c: both byte orders, micro- and nanoseconds, swapped lengths of versions before 2.4,
 * Kuznetzov's 24-byte record headers). Behind damage it goes on where records are found again (pcap-resync.ts).
 */
import type { DiagnosticKind, DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { MAX_CAPTURED_LENGTH, MAX_INTERFACES, MAX_ZERO_RECORDS } from "../limits.ts";
import type { ByteWindow } from "./byte-window.ts";
import {
  BYTES_SKIPPED,
  CONCATENATED,
  HEADER_TRUNCATED,
  INTERFACE_LIMIT,
  LENGTH_INCONSISTENT,
  LINK_TYPE_RESERVED_BITS,
  RECORD_DAMAGED,
  RECORD_TRUNCATED,
  RECORD_ZERO,
  TIME_FRACTION,
  VERSION_UNKNOWN,
  ZERO_HOLE,
} from "./capture-diagnostics.ts";
import {
  IXIA_HEADER_LENGTH,
  isIxiaMagic,
  isPcapMagic,
  PCAP_HEADER_LENGTH,
  PCAP_MAGIC_IXIA_HARDWARE,
  PCAP_MAGIC_MODIFIED,
  PCAP_MAGIC_NANOS,
  sniffCapture,
} from "./capture-format.ts";
import type { CaptureInfo, CaptureInterface } from "./capture-info.ts";
import { type Damage, PcapResync, ResyncStatus } from "./pcap-resync.ts";
import { type RecordCursor, RecordStatus, type RecordStatusCode } from "./record-cursor.ts";
import { RepeatedDiagnostics } from "./repeated-diagnostics.ts";
import { MAX_SECONDS } from "./timestamp.ts";

const RECORD_HEADER_LENGTH = 16;
const MODIFIED_RECORD_HEADER_LENGTH = 24;
/** A file header in the place of a record header has its magic number where the seconds are; this is the lowest (2055). */
const FIRST_MAGIC_SECOND = 0xa1b23c4d;

const FCS_LENGTH_KNOWN = 0x0400_0000;

/** Slots of the diagnostics that a single record can raise. */
const FRACTION = 0;
const CAPTURED_OVER_WIRE = 1;
const ALL_ZERO = 2;

/** Which of a record's two lengths comes first: libpcap's NOT_SWAPPED, SWAPPED and MAYBE_SWAPPED. */
const CAPTURED_FIRST = 0;
const WIRE_FIRST = 1;
const SMALLER_IS_CAPTURED = 2;

export class PcapCursor implements RecordCursor {
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
  readonly #interfaces: CaptureInterface[] = [];
  /** Wire bytes, captured bytes: doubles from the start, so that no sum changes its representation on the way. */
  readonly #totals = new Float64Array(2);
  #headerRead = false;
  #little = true;
  #recordHeaderLength = RECORD_HEADER_LENGTH;
  #nanosPerUnit = 1000;
  #unitsPerSecond = 1_000_000;
  #lengthOrder: number = CAPTURED_FIRST;
  #recordStart = 0;
  #zeroRecords = 0;
  /** While records are looked for behind it. */
  #damage: Damage | null = null;

  /** `window` may already hold the first bytes of the file. */
  constructor(window: ByteWindow, file: string, log: DiagnosticLog) {
    this.#window = window;
    this.#file = file;
    this.#log = log;
    this.#repeated = new RepeatedDiagnostics(log, file, [
      TIME_FRACTION,
      LENGTH_INCONSISTENT,
      RECORD_ZERO,
    ]);
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
    if (!this.#headerRead && !this.#readFileHeader()) return this.#starve(PCAP_HEADER_LENGTH);
    if (this.#damage !== null && !this.#findRecords(this.#damage)) {
      return this.ended ? RecordStatus.End : RecordStatus.NeedMore;
    }
    const window = this.#window;
    for (;;) {
      const start = window.start;
      const headerLength = this.#recordHeaderLength;
      const available = window.end - start;
      if (available < headerLength) return this.#starve(headerLength);
      const view = window.view;
      const little = this.#little;
      const seconds = view.getUint32(start, little);
      if (seconds >= FIRST_MAGIC_SECOND && this.#isFileHeader(start, available)) {
        if (!this.#nextCapture(available)) return this.#starve(PCAP_HEADER_LENGTH);
        continue;
      }
      if (this.#lengthOrder === CAPTURED_FIRST) {
        this.capturedLength = view.getUint32(start + 8, little);
        this.wireLength = view.getUint32(start + 12, little);
      } else this.#readOldLengths(view, start, little);
      if (this.capturedLength > MAX_CAPTURED_LENGTH) return this.#damaged(start);
      const length = headerLength + this.capturedLength;
      if (available < length) return this.#starve(length);
      this.#recordStart = start;
      this.frameOffset = start + headerLength;
      window.start = start + length;
      this.seconds = seconds;
      this.#accept(view.getUint32(start + 4, little));
      return RecordStatus.Record;
    }
  }

  info(): CaptureInfo {
    return {
      format: "pcap",
      byteOrder: this.#little ? "little" : "big",
      interfaces: [...this.#interfaces],
      drops: [],
      comments: [],
      names: [],
      records: this.record,
      wireBytes: this.#totals[0] ?? 0,
      capturedBytes: this.#totals[1] ?? 0,
    };
  }

  /** Too few bytes for the next thing: ask for more, or, at the end of the file, say what was cut. */
  #starve(needed: number): RecordStatusCode {
    const window = this.#window;
    if (!window.finished) return RecordStatus.NeedMore;
    const available = window.end - window.start;
    const offset = window.base + window.start;
    if (!this.#headerRead) {
      this.#end(
        HEADER_TRUNCATED,
        `the file ends after ${available} of the ${PCAP_HEADER_LENGTH} bytes of a pcap file header`,
        offset,
      );
    } else if (available > 0) {
      const part = available < this.#recordHeaderLength ? "record header" : "record";
      const message = `the file ends after ${available} of the ${needed} bytes of a ${part}`;
      const resync = this.#resyncer();
      if (part === "record" && !resync.isPlausible(window.view, window.start)) {
        return this.#searchOn({ kind: RECORD_TRUNCATED, message, offset, resync });
      }
      this.#end(RECORD_TRUNCATED, message, offset);
    }
    this.#close();
    return RecordStatus.End;
  }

  #end(kind: DiagnosticKind, message: string, offset: number): void {
    this.#log.add(kind, { file: this.#file, record: this.record + 1, offset }, message);
  }

  #close(): void {
    this.ended = true;
    this.#repeated.flush();
  }

  /** A record header that cannot be one: looks for the next place where records follow one another. */
  #damaged(start: number): RecordStatusCode {
    const window = this.#window;
    const { bytes, base, end } = window;
    if (sniffCapture(bytes.subarray(start, end)) === "pcapng") {
      const message =
        "a pcapng file begins here: two files were put together with cat, join them with mergecap";
      this.#end(RECORD_DAMAGED, message, base + start);
      this.#close();
      return RecordStatus.End;
    }
    const message = `the record header claims ${this.capturedLength} captured bytes, more than any capture tool writes (${MAX_CAPTURED_LENGTH})`;
    const resync = this.#resyncer();
    return this.#searchOn({ kind: RECORD_DAMAGED, message, offset: base + start, resync });
  }

  #resyncer(): PcapResync {
    return new PcapResync({
      headerLength: this.#recordHeaderLength,
      little: this.#little,
      unitsPerSecond: this.#unitsPerSecond,
      lastSeconds: this.record === 0 ? null : this.seconds,
    });
  }

  /** Goes on where records follow one another again, if they do. */
  #searchOn(damage: Damage): RecordStatusCode {
    this.#damage = damage;
    this.#window.start += 1;
    return this.next();
  }

  /** True when the window stands at a record again; otherwise more bytes are needed, or the capture has ended. */
  #findRecords(damage: Damage): boolean {
    const window = this.#window;
    // The lengths of old versions may stand the other way round: there nothing can be told.
    const canTell = this.#lengthOrder === CAPTURED_FIRST;
    const status = canTell ? damage.resync.search(window) : ResyncStatus.NotFound;
    if (status === ResyncStatus.NeedMore) return false;
    const { kind, message, offset } = damage;
    this.#damage = null;
    if (status === ResyncStatus.NotFound) {
      this.#end(kind, message, offset);
      this.#close();
      return false;
    }
    const skipped = window.base + window.start - offset;
    this.#end(
      BYTES_SKIPPED,
      `${message}; ${skipped} bytes were skipped, up to where records follow one another again`,
      offset,
    );
    return true;
  }

  /** Versions before 2.4 had the lengths the other way round, 2.3 in some tools only (libpcap, sf-pcap.c). */
  #readOldLengths(view: DataView, start: number, little: boolean): void {
    const first = view.getUint32(start + 8, little);
    const second = view.getUint32(start + 12, little);
    const isSwapped = this.#lengthOrder === WIRE_FIRST || first > second;
    this.capturedLength = isSwapped ? second : first;
    this.wireLength = isSwapped ? first : second;
  }

  /** Counts the record that stands in the fields; `fraction` is in the file's unit. */
  #accept(fraction: number): void {
    this.record += 1;
    this.nanos = fraction * this.#nanosPerUnit;
    if (fraction >= this.#unitsPerSecond) this.#carrySeconds(fraction);
    if (this.capturedLength > this.wireLength) this.#inconsistentLength();
    if (this.capturedLength === 0) this.#emptyRecord();
    const totals = this.#totals;
    totals[0] = (totals[0] as number) + this.wireLength;
    totals[1] = (totals[1] as number) + this.capturedLength;
  }

  #carrySeconds(fraction: number): void {
    const carry = Math.floor(fraction / this.#unitsPerSecond);
    this.nanos = (fraction - carry * this.#unitsPerSecond) * this.#nanosPerUnit;
    this.seconds = Math.min(this.seconds + carry, MAX_SECONDS);
    if (!this.#repeated.isFirst(FRACTION)) return;
    const message = `the record's fraction of a second is ${fraction} of ${this.#unitsPerSecond}`;
    this.#repeated.describe(FRACTION, this.record, this.fileOffset, message);
  }

  #emptyRecord(): void {
    if (this.wireLength !== 0 || this.seconds !== 0 || this.nanos !== 0) return;
    this.#zeroRecords += 1;
    if (this.#zeroRecords > MAX_ZERO_RECORDS) this.#endAtHole();
    if (!this.#repeated.isFirst(ALL_ZERO)) return;
    const message = "the record is nothing but zeros";
    this.#repeated.describe(ALL_ZERO, this.record, this.fileOffset, message);
  }

  /** The record at hand is still given; none comes after it. */
  #endAtHole(): void {
    const { base, start } = this.#window;
    const message = `more than ${MAX_ZERO_RECORDS} records of nothing but zeros stand before this place`;
    this.#log.add(
      ZERO_HOLE,
      { file: this.#file, record: this.record, offset: base + start },
      message,
    );
    this.#close();
  }

  #inconsistentLength(): void {
    if (!this.#repeated.isFirst(CAPTURED_OVER_WIRE)) return;
    const message = `the record holds ${this.capturedLength} bytes but says that ${this.wireLength} were on the wire`;
    this.#repeated.describe(CAPTURED_OVER_WIRE, this.record, this.fileOffset, message);
  }

  /**
   * Whether a file header stands where a record header should be: magic number, version 2.4 and time zone 0. A record
   * that looks like this would be empty and of the year 2055.
   */
  #isFileHeader(start: number, available: number): boolean {
    const { bytes, view } = this.#window;
    if (sniffCapture(bytes.subarray(start, start + available)) !== "pcap") return false;
    const little = !isPcapMagic(view.getUint32(start, false));
    return (
      view.getUint16(start + 4, little) === 2 &&
      view.getUint16(start + 6, little) === 4 &&
      view.getUint32(start + 8, little) === 0
    );
  }

  /** `cat a.pcap b.pcap`: goes on with the second capture under its own header; false while that is not all there. */
  #nextCapture(available: number): boolean {
    if (available < PCAP_HEADER_LENGTH) return false;
    this.#log.add(
      CONCATENATED,
      { file: this.#file, record: this.record + 1, offset: this.#window.base + this.#window.start },
      "another pcap file header stands between two records",
    );
    return this.#readFileHeader();
  }

  /** Reads the file header at the window's start; false when it is not all there yet. */
  #readFileHeader(): boolean {
    const window = this.#window;
    const { view, start } = window;
    if (window.end - start < PCAP_HEADER_LENGTH) return false;
    const little = !isPcapMagic(view.getUint32(start, false));
    const magic = view.getUint32(start, little);
    const length = isIxiaMagic(magic) ? IXIA_HEADER_LENGTH : PCAP_HEADER_LENGTH;
    if (window.end - start < length) return false;
    this.#little = little;
    const isNano = magic === PCAP_MAGIC_NANOS || magic === PCAP_MAGIC_IXIA_HARDWARE;
    this.#unitsPerSecond = isNano ? 1_000_000_000 : 1_000_000;
    this.#nanosPerUnit = isNano ? 1 : 1000;
    this.#recordHeaderLength =
      magic === PCAP_MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_LENGTH : RECORD_HEADER_LENGTH;
    this.#readVersion(view.getUint16(start + 4, little), view.getUint16(start + 6, little));
    const network = view.getUint32(start + 20, little);
    this.#addInterface(network, view.getUint32(start + 16, little));
    window.start = start + length;
    this.#headerRead = true;
    return true;
  }

  #readVersion(major: number, minor: number): void {
    this.#lengthOrder = CAPTURED_FIRST;
    if (major === 2 && minor < 3) this.#lengthOrder = WIRE_FIRST;
    else if (major === 2 && minor === 3) this.#lengthOrder = SMALLER_IS_CAPTURED;
    // 543.0 is DG/UX tcpdump, which swapped them too (libpcap, sf-pcap.c).
    else if (major === 543 && minor === 0) this.#lengthOrder = WIRE_FIRST;
    else if (major !== 2 || minor !== 4) {
      this.#log.add(
        VERSION_UNKNOWN,
        { file: this.#file, offset: this.#window.base + this.#window.start + 4 },
        `the file header says version ${major}.${minor}`,
      );
    }
  }

  /** The low 16 bits are the link type; bit 26 says that the top four are the FCS's length in units of two bytes. */
  #addInterface(network: number, snaplen: number): void {
    const linkType = network & 0xffff;
    if ((network & 0x03ff_0000) !== 0) {
      this.#log.add(
        LINK_TYPE_RESERVED_BITS,
        { file: this.#file, offset: this.#window.base + this.#window.start + 20 },
        `the link-type word is 0x${network.toString(16).padStart(8, "0")}; link type ${linkType} was taken`,
      );
    }
    this.linkType = linkType;
    this.frameCheckLength = (network & FCS_LENGTH_KNOWN) === 0 ? 0 : (network >>> 28) * 2;
    const last = this.#interfaces.at(-1);
    // Parts of one rotated capture put together again are one interface.
    if (last !== undefined && last.linkType === linkType && last.snaplen === snaplen) return;
    if (this.#interfaces.length >= MAX_INTERFACES) {
      const message = `the file has more than ${MAX_INTERFACES} file headers`;
      this.#log.add(INTERFACE_LIMIT, { file: this.#file, record: this.record + 1 }, message);
      return;
    }
    this.interfaceIndex = this.#interfaces.length;
    this.#interfaces.push({ index: this.interfaceIndex, linkType, snaplen, comments: [] });
  }
}
