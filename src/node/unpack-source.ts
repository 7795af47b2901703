/** Compressed inputs, unpacked on the way. */

import { type DiagnosticKind, DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { INFLATE_FREE_BYTES, MAX_INFLATE_RATIO } from "../core/limits.ts";
import { type ByteOrigin, type ClosableSource, MemoryOrigin, readFully } from "./byte-origin.ts";
import { type Compression, createUnpacker } from "./compression.ts";
import { COMPRESSED_DAMAGED, COMPRESSED_TRUNCATED, INFLATE_RATIO } from "./input-diagnostics.ts";
import type { Unpacker, UnpackFailure } from "./unpacker.ts";

/** Packed bytes handed over at a time: what zlib makes of them is held in memory, at most about 16 MiB. */
const PIECE_BYTES = 16 * 1024;
/** Packed bytes that are enough to unpack the first few kilobytes. */
const PEEK_PACKED_BYTES = 256 * 1024;

class UnpackSource implements ClosableSource {
  readonly #packed: ByteOrigin;
  readonly #compression: Compression;
  readonly #file: string;
  readonly #log: DiagnosticLog;
  readonly #source: ClosableSource;
  #unpacker: Unpacker | null = null;
  #packedBytes = 0;
  #unpackedBytes = 0;
  #hasEnded = false;
  #ready: Uint8Array[] = [];

  constructor(packed: ByteOrigin, compression: Compression, file: string, log: DiagnosticLog) {
    this.#packed = packed;
    this.#compression = compression;
    this.#file = file;
    this.#log = log;
    this.#source = packed.open();
  }

  readInto(target: Uint8Array): number | Promise<number> {
    return this.#ready.length > 0 ? this.#take(target) : this.#unpackInto(target);
  }

  close(): void {
    this.#hasEnded = true;
    this.#ready = [];
    this.#source.close();
    this.#unpacker?.close();
  }

  async #unpackInto(target: Uint8Array): Promise<number> {
    while (this.#ready.length === 0 && !this.#hasEnded) await this.#unpackPiece();
    return this.#take(target);
  }

  #take(target: Uint8Array): number {
    let filled = 0;
    while (filled < target.length) {
      const block = this.#ready[0];
      if (block === undefined) break;
      const count = Math.min(block.length, target.length - filled);
      target.set(block.subarray(0, count), filled);
      filled += count;
      if (count === block.length) this.#ready.shift();
      else this.#ready[0] = block.subarray(count);
    }
    return filled;
  }

  async #unpackPiece(): Promise<void> {
    this.#unpacker ??= await createUnpacker(this.#compression);
    const unpacker = this.#unpacker;
    if (this.#hasEnded) return unpacker.close();
    let piece: Uint8Array = new Uint8Array(0);
    if (unpacker.isPaused) unpacker.resume();
    else piece = await this.#feed(unpacker);
    this.#accept(unpacker.output.splice(0));
    if (unpacker.failure !== null) await this.#failed(unpacker, unpacker.failure, piece);
    else if (this.#isOverRatio()) this.#cut();
    if (this.#hasEnded) this.#source.close();
  }

  /** Hands the next piece over, and says when it was the last. */
  async #feed(unpacker: Unpacker): Promise<Uint8Array> {
    const block = Buffer.allocUnsafe(PIECE_BYTES);
    const count = await readFully(this.#source, block);
    const piece = block.subarray(0, count);
    this.#packedBytes += count;
    if (count > 0) await unpacker.write(piece);
    if (unpacker.failure === null && !unpacker.isPaused && count < PIECE_BYTES) {
      await unpacker.end();
      this.#hasEnded = true;
    }
    return piece;
  }

  #accept(blocks: readonly Uint8Array[]): void {
    for (const block of blocks) {
      this.#unpackedBytes += block.length;
      this.#ready.push(block);
    }
  }

  async #failed(unpacker: Unpacker, failure: UnpackFailure, lastPiece: Uint8Array): Promise<void> {
    this.#hasEnded = true;
    if (!failure.isCut && unpacker.keepsBack) await this.#salvage(lastPiece);
    const message = failure.isCut
      ? `the ${this.#compression} data ends after ${this.#packedBytes} bytes, in the middle`
      : `the ${this.#compression} data is damaged before byte ${this.#packedBytes} (${failure.message})`;
    this.#say(failure.isCut ? COMPRESSED_TRUNCATED : COMPRESSED_DAMAGED, message);
  }

  /**
   * When a piece fails, zlib keeps back what that piece unpacked to before the damage. So unpack again from the start,
   * the last piece byte by byte, and take what goes beyond what was already given out.
   */
  async #salvage(lastPiece: Uint8Array): Promise<void> {
    this.#source.close();
    if (!this.#packed.canReopen) return;
    const again = await createUnpacker(this.#compression);
    const source = this.#packed.open();
    let toSkip = this.#unpackedBytes;
    const collect = (): void => {
      for (const block of again.output.splice(0)) {
        const skipped = Math.min(toSkip, block.length);
        toSkip -= skipped;
        if (skipped < block.length) this.#accept([block.subarray(skipped)]);
      }
    };
    let left = this.#packedBytes - lastPiece.length;
    while (left > 0 && again.failure === null) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, left));
      const count = await readFully(source, piece);
      if (count === 0) break;
      left -= count;
      await again.write(piece.subarray(0, count));
      collect();
    }
    for (let index = 0; index < lastPiece.length && again.failure === null; index += 1) {
      await again.write(lastPiece.subarray(index, index + 1));
      collect();
    }
    source.close();
    again.close();
  }

  #isOverRatio(): boolean {
    return (
      this.#unpackedBytes > INFLATE_FREE_BYTES &&
      this.#unpackedBytes > MAX_INFLATE_RATIO * this.#packedBytes
    );
  }

  #cut(): void {
    this.#hasEnded = true;
    this.#unpacker?.close();
    this.#say(
      INFLATE_RATIO,
      `${this.#packedBytes} packed bytes became ${this.#unpackedBytes}, more than ${MAX_INFLATE_RATIO} for one`,
    );
  }

  #say(kind: DiagnosticKind, message: string): void {
    this.#log.add(kind, { file: this.#file, offset: this.#unpackedBytes }, message);
  }
}

/** What another origin unpacks to. */
export class UnpackOrigin implements ByteOrigin {
  readonly sizeBytes = null;
  readonly #packed: ByteOrigin;
  readonly #compression: Compression;
  readonly #file: string;
  readonly #log: DiagnosticLog;

  constructor(packed: ByteOrigin, compression: Compression, file: string, log: DiagnosticLog) {
    this.#packed = packed;
    this.#compression = compression;
    this.#file = file;
    this.#log = log;
  }

  get canReopen(): boolean {
    return this.#packed.canReopen;
  }

  /** From a copy of the first packed bytes, so that a stream is not used up; says nothing of damage met on the way. */
  async peek(length: number): Promise<Uint8Array> {
    const start = new MemoryOrigin(await this.#packed.peek(PEEK_PACKED_BYTES));
    const source = new UnpackSource(start, this.#compression, this.#file, new DiagnosticLog());
    const target = new Uint8Array(length);
    const count = await readFully(source, target);
    source.close();
    return target.subarray(0, count);
  }

  open(): ClosableSource {
    return new UnpackSource(this.#packed, this.#compression, this.#file, this.#log);
  }
}
