/** Compressed inputs, unpacked on the way: gzip (RFC 1952, also several members), and zstd where this Node has it. */

import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { type DiagnosticKind, DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { INFLATE_FREE_BYTES, MAX_INFLATE_RATIO } from "../core/limits.ts";
import { type ByteOrigin, type ClosableSource, MemoryOrigin, readFully } from "./byte-origin.ts";
import { COMPRESSED_DAMAGED, COMPRESSED_TRUNCATED, INFLATE_RATIO } from "./input-diagnostics.ts";

export type Compression = "gzip" | "zstd";

/** Packed bytes handed to zlib at a time: what they unpack to is held in memory, at most about 16 MiB. */
const PIECE_BYTES = 16 * 1024;
const OUTPUT_BLOCK_BYTES = 1024 * 1024;
/** Packed bytes that are enough to unpack the first few kilobytes. */
const PEEK_PACKED_BYTES = 256 * 1024;

type ZstdFactory = (options: { chunkSize: number }) => Transform;

/** Node 22.15 and later only. */
function zstdFactory(): ZstdFactory | null {
  const factory: unknown = Reflect.get(zlib, "createZstdDecompress");
  return typeof factory === "function" ? (factory as ZstdFactory) : null;
}

/** The compression that these first bytes announce, when this Node can undo it. */
export function sniffCompression(head: Uint8Array): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08) return "gzip";
  const isZstd = head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd;
  return isZstd && zstdFactory() !== null ? "zstd" : null;
}

function createInflater(compression: Compression): Transform {
  const options = { chunkSize: OUTPUT_BLOCK_BYTES };
  return (compression === "zstd" && zstdFactory()?.(options)) || zlib.createGunzip(options);
}

/** One run of zlib: pieces in, blocks out, an error at most once. */
class Inflater {
  readonly output: Buffer[] = [];
  error: Error | null = null;
  readonly #transform: Transform;
  /** Ends the wait for the current piece: zlib never calls a write's callback after an error. */
  #settle: () => void = () => {};

  constructor(compression: Compression) {
    this.#transform = createInflater(compression);
    this.#transform.on("data", (block: Buffer) => this.output.push(block));
    this.#transform.on("error", (error: Error) => {
      this.error ??= error;
      this.#settle();
    });
    this.#transform.on("end", () => this.#settle());
    this.#transform.on("close", () => this.#settle());
  }

  /** Resolves when all output of the piece has arrived; `error` says whether it went wrong. */
  write(piece: Uint8Array): Promise<void> {
    return this.#wait(() => this.#transform.write(piece, () => this.#settle()));
  }

  end(): Promise<void> {
    return this.#wait(() => this.#transform.end());
  }

  close(): void {
    this.#transform.destroy();
  }

  #wait(action: () => void): Promise<void> {
    // After its end (bytes behind the last member) or an error, the transform takes no more and says nothing.
    if (this.#transform.destroyed || this.#transform.readableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settle = resolve;
      action();
    });
  }
}

class InflateSource implements ClosableSource {
  readonly #packed: ByteOrigin;
  readonly #compression: Compression;
  readonly #file: string;
  readonly #log: DiagnosticLog;
  readonly #source: ClosableSource;
  readonly #inflater: Inflater;
  #packedBytes = 0;
  #unpackedBytes = 0;
  #hasEnded = false;
  #ready: Buffer[] = [];

  constructor(packed: ByteOrigin, compression: Compression, file: string, log: DiagnosticLog) {
    this.#packed = packed;
    this.#compression = compression;
    this.#file = file;
    this.#log = log;
    this.#source = packed.open();
    this.#inflater = new Inflater(compression);
  }

  readInto(target: Uint8Array): number | Promise<number> {
    return this.#ready.length > 0 ? this.#take(target) : this.#inflateInto(target);
  }

  close(): void {
    this.#hasEnded = true;
    this.#ready = [];
    this.#source.close();
    this.#inflater.close();
  }

  async #inflateInto(target: Uint8Array): Promise<number> {
    while (this.#ready.length === 0 && !this.#hasEnded) await this.#inflatePiece();
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

  async #inflatePiece(): Promise<void> {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const count = await readFully(this.#source, piece);
    this.#packedBytes += count;
    const bytes = piece.subarray(0, count);
    if (count > 0) await this.#inflater.write(bytes);
    if (this.#inflater.error === null && count < PIECE_BYTES) {
      await this.#inflater.end();
      this.#hasEnded = true;
    }
    this.#accept(this.#inflater.output.splice(0));
    if (this.#inflater.error !== null) await this.#failed(this.#inflater.error, bytes);
    else if (this.#isOverRatio()) this.#cut();
    if (this.#hasEnded) this.#source.close();
  }

  #accept(blocks: Buffer[]): void {
    for (const block of blocks) {
      this.#unpackedBytes += block.length;
      this.#ready.push(block);
    }
  }

  async #failed(error: Error, lastPiece: Uint8Array): Promise<void> {
    this.#hasEnded = true;
    const isTruncated = "code" in error && error.code === "Z_BUF_ERROR";
    if (!isTruncated) await this.#salvage(lastPiece);
    const message = isTruncated
      ? `the ${this.#compression} data ends after ${this.#packedBytes} bytes, in the middle`
      : `the ${this.#compression} data is damaged before byte ${this.#packedBytes} (${error.message})`;
    this.#say(isTruncated ? COMPRESSED_TRUNCATED : COMPRESSED_DAMAGED, message);
  }

  /**
   * When a piece fails, zlib keeps back what that piece unpacked to before the damage. So unpack again from the start,
   * the last piece byte by byte, and take what goes beyond what was already given out.
   */
  async #salvage(lastPiece: Uint8Array): Promise<void> {
    this.#source.close();
    if (!this.#packed.canReopen) return;
    const again = new Inflater(this.#compression);
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
    while (left > 0 && again.error === null) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, left));
      const count = await readFully(source, piece);
      if (count === 0) break;
      left -= count;
      await again.write(piece.subarray(0, count));
      collect();
    }
    for (let index = 0; index < lastPiece.length && again.error === null; index += 1) {
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
    this.#inflater.close();
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
export class InflateOrigin implements ByteOrigin {
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
    const source = new InflateSource(start, this.#compression, this.#file, new DiagnosticLog());
    const target = new Uint8Array(length);
    const count = await readFully(source, target);
    source.close();
    return target.subarray(0, count);
  }

  open(): ClosableSource {
    return new InflateSource(this.#packed, this.#compression, this.#file, this.#log);
  }
}
