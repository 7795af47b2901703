/**
 * Members of a tar bundle (POSIX ustar with the pax and GNU long names that tar writes), without unpacking it to disk.
 * Every member becomes a ByteOrigin; reading members in their order unpacks a compressed bundle once.
 */
import type { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { MAX_BUFFERED_BYTES, MAX_FILES_PER_DIRECTORY } from "../core/limits.ts";
import { type ByteOrigin, type ClosableSource, MemoryOrigin, readFully } from "./byte-origin.ts";
import { BUNDLE_DAMAGED, FILE_LIMIT } from "./input-diagnostics.ts";

const TAR_BLOCK_BYTES = 512;
/** Members up to this size are kept while the bundle is listed, so that small files cost no second pass. */
const SMALL_MEMBER_BYTES = 1024 * 1024;
/** Bytes kept of larger members, to recognise them by. */
const HEAD_BYTES = 64 * 1024;
/** Longest pax header or GNU name that is read. */
const MAX_NAME_RECORD_BYTES = 64 * 1024;

export interface TarMember {
  /** Path inside the bundle, "/" between its parts. */
  readonly path: string;
  readonly origin: ByteOrigin;
}

/** Whether a block is a tar header: its checksum is the sum of its bytes with the checksum field as blanks. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK_BYTES) return false;
  let sum = 0;
  for (let index = 0; index < TAR_BLOCK_BYTES; index += 1) {
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] ?? 0);
  }
  return sum > 8 * 0x20 && number(block, 148, 8) === sum;
}

/** An octal field, or base 256 when its first bit is set (GNU); NaN when it is neither. */
function number(block: Uint8Array, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) !== 0) {
    let value = (block[offset] ?? 0) & 0x7f;
    for (let index = 1; index < length; index += 1)
      value = value * 256 + (block[offset + index] ?? 0);
    return Number.isSafeInteger(value) ? value : Number.NaN;
  }
  const digits = text(block, offset, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : digits === "" ? 0 : Number.NaN;
}

function text(block: Uint8Array, offset: number, length: number): string {
  const field = Buffer.from(block.buffer, block.byteOffset + offset, length);
  const nul = field.indexOf(0);
  return field.toString("utf8", 0, nul < 0 ? length : nul);
}

function headerPath(block: Uint8Array): string {
  const name = text(block, 0, 100);
  const prefix = text(block, 257, 5) === "ustar" ? text(block, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** "12 path=a/b\n30 size=7\n" (pax, POSIX.1-2001): the values that matter here. */
function paxValues(record: Buffer): { path?: string; size?: number } {
  const values: { path?: string; size?: number } = {};
  let offset = 0;
  while (offset < record.length) {
    const blank = record.indexOf(0x20, offset);
    const length = blank < 0 ? Number.NaN : Number(record.toString("latin1", offset, blank));
    if (!Number.isInteger(length) || length <= blank - offset || offset + length > record.length)
      break;
    const [key, ...value] = record.toString("utf8", blank + 1, offset + length - 1).split("=");
    if (key === "path") values.path = value.join("=");
    if (key === "size" && /^\d{1,15}$/.test(value.join("="))) values.size = Number(value.join("="));
    offset += length;
  }
  return values;
}

/** A bundle read forwards; members ask it for the bytes from their offset on. */
class BundleReader {
  readonly #origin: ByteOrigin;
  #idle: { readonly source: ClosableSource; readonly position: number } | null = null;

  constructor(origin: ByteOrigin) {
    this.#origin = origin;
  }

  /** The source that an earlier member left behind, if it has not passed `offset` yet, else a new one. */
  take(offset: number): { source: ClosableSource; position: number } {
    const idle = this.#idle;
    this.#idle = null;
    if (idle !== null && idle.position <= offset) return idle;
    idle?.source.close();
    return { source: this.#origin.open(), position: 0 };
  }

  leave(source: ClosableSource, position: number): void {
    this.#idle?.source.close();
    this.#idle = { source, position };
  }

  close(): void {
    this.#idle?.source.close();
    this.#idle = null;
  }
}

/** A member too large to keep: its bytes are taken from the bundle when they are wanted. */
class MemberOrigin implements ByteOrigin {
  readonly canReopen = true;
  readonly sizeBytes: number;
  readonly #reader: BundleReader;
  readonly #offset: number;
  readonly #head: Uint8Array;

  constructor(reader: BundleReader, offset: number, sizeBytes: number, head: Uint8Array) {
    this.#reader = reader;
    this.#offset = offset;
    this.sizeBytes = sizeBytes;
    this.#head = head;
  }

  async peek(length: number): Promise<Uint8Array> {
    if (length <= this.#head.length) return this.#head.subarray(0, length);
    const source = this.open();
    const target = new Uint8Array(Math.min(length, this.sizeBytes));
    const count = await readFully(source, target);
    source.close();
    return target.subarray(0, count);
  }

  open(): ClosableSource {
    const reader = this.#reader;
    const start = this.#offset;
    const end = start + this.sizeBytes;
    let taken: { source: ClosableSource; position: number } | null = null;
    let isDone = false;
    const close = (): void => {
      isDone = true;
      if (taken !== null) reader.leave(taken.source, taken.position);
      taken = null;
    };
    const readInto = async (target: Uint8Array): Promise<number> => {
      if (isDone) return 0;
      taken ??= reader.take(start);
      taken.position += await skip(taken.source, start - taken.position);
      const room = target.subarray(0, Math.max(0, end - taken.position));
      const count = room.length === 0 ? 0 : await taken.source.readInto(room);
      taken.position += count;
      if (count === 0) close();
      return count;
    };
    return { readInto, close };
  }
}

/** Reads over `length` bytes; says how many there were. */
async function skip(source: ClosableSource, length: number): Promise<number> {
  const scratch = new Uint8Array(Math.min(Math.max(length, 0), 256 * 1024));
  let skipped = 0;
  while (skipped < length) {
    const count = await source.readInto(
      scratch.subarray(0, Math.min(scratch.length, length - skipped)),
    );
    if (count === 0) break;
    skipped += count;
  }
  return skipped;
}

export interface TarBundle {
  readonly members: readonly TarMember[];
  close(): void;
}

/** Lists the regular files of a bundle in their order. Damage ends the list with a diagnostic. */
export async function openTarBundle(
  origin: ByteOrigin,
  file: string,
  log: DiagnosticLog,
): Promise<TarBundle> {
  const reader = new BundleReader(origin);
  const members = await new TarLister(origin.open(), reader, file, log).list();
  return { members, close: () => reader.close() };
}

class TarLister {
  readonly #source: ClosableSource;
  readonly #reader: BundleReader;
  readonly #file: string;
  readonly #log: DiagnosticLog;
  readonly #members: TarMember[] = [];
  #position = 0;
  #bytesKept = 0;
  /** Name and size that the next header takes over from a pax or GNU record. */
  #longPath: string | null = null;
  #longSize: number | null = null;

  constructor(source: ClosableSource, reader: BundleReader, file: string, log: DiagnosticLog) {
    this.#source = source;
    this.#reader = reader;
    this.#file = file;
    this.#log = log;
  }

  async list(): Promise<TarMember[]> {
    const block = new Uint8Array(TAR_BLOCK_BYTES);
    for (;;) {
      const count = await this.#read(block);
      if (count === 0 || block.every((byte) => byte === 0)) break;
      if (count < TAR_BLOCK_BYTES || !isTarHeader(block)) {
        this.#damaged("here is no tar header");
        break;
      }
      if (!(await this.#member(block))) break;
    }
    this.#source.close();
    return this.#members;
  }

  /** Reads one header's member; false when nothing after it can be read. */
  async #member(header: Uint8Array): Promise<boolean> {
    const type = String.fromCharCode(header[156] ?? 0);
    const isName = type === "x" || type === "L" || type === "g" || type === "K";
    const size = isName ? number(header, 124, 12) : (this.#longSize ?? number(header, 124, 12));
    if (!Number.isSafeInteger(size) || size < 0)
      return this.#damaged("a member's size is no number");
    const padding = (TAR_BLOCK_BYTES - (size % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
    if (isName) {
      if (size > MAX_NAME_RECORD_BYTES) return this.#damaged(`a name of ${size} bytes`);
      const record = Buffer.alloc(size);
      if ((await this.#read(record)) < size) return this.#cut();
      this.#takeName(type, record);
    } else {
      const path = this.#longPath ?? headerPath(header);
      this.#longPath = null;
      this.#longSize = null;
      const isFile = type === "0" || type === "\0" || type === "7";
      if (isFile ? !(await this.#regularFile(path, size)) : !(await this.#skip(size)))
        return this.#cut();
    }
    return (await this.#skip(padding)) || this.#cut();
  }

  #takeName(type: string, record: Buffer): void {
    if (type === "L") this.#longPath = text(record, 0, record.length);
    if (type !== "x") return;
    const values = paxValues(record);
    this.#longPath = values.path ?? this.#longPath;
    this.#longSize = values.size ?? this.#longSize;
  }

  /** Keeps a small member, remembers where a large one is; false when the bundle ends inside it. */
  async #regularFile(path: string, size: number): Promise<boolean> {
    if (this.#members.length >= MAX_FILES_PER_DIRECTORY) {
      const message = `the bundle has more than ${MAX_FILES_PER_DIRECTORY} files`;
      this.#log.add(FILE_LIMIT, { file: this.#file }, message);
      return this.#skip(size);
    }
    const offset = this.#position;
    const isKept = size <= SMALL_MEMBER_BYTES && this.#bytesKept + size <= MAX_BUFFERED_BYTES;
    const head = new Uint8Array(isKept ? size : Math.min(size, HEAD_BYTES));
    const count = await this.#read(head);
    this.#bytesKept += count;
    const bytes = head.subarray(0, count);
    const origin = isKept
      ? new MemoryOrigin(bytes)
      : new MemberOrigin(this.#reader, offset, size, bytes);
    this.#members.push({ path: path.replace(/^(\.?\/)+/, ""), origin });
    return count === head.length && (await this.#skip(size - count));
  }

  async #read(target: Uint8Array): Promise<number> {
    const count = await readFully(this.#source, target);
    this.#position += count;
    return count;
  }

  async #skip(length: number): Promise<boolean> {
    const count = await skip(this.#source, length);
    this.#position += count;
    return count === length;
  }

  #cut(): false {
    return this.#damaged("the bundle ends in the middle of a member");
  }

  #damaged(message: string): false {
    this.#log.add(BUNDLE_DAMAGED, { file: this.#file, offset: this.#position }, message);
    return false;
  }
}
