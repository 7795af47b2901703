/** Where bytes come from, before they are read: a file, memory, a stream, or a layer (gzip, tar member) over another. */
import type { ByteSource } from "../core/capture/byte-source.ts";

/** A source that holds something open until it has ended or is closed. */
export interface ClosableSource extends ByteSource {
  /** Gives everything back; harmless when called again. */
  close(): void;
}

export interface ByteOrigin {
  /** The first bytes, at most `length`; fewer only when there are no more. Does not use the origin up. */
  peek(length: number): Promise<Uint8Array>;
  /** Reads from the start. A stream can be opened once only. */
  open(): ClosableSource;
  /** Whether `open()` may be called again. */
  readonly canReopen: boolean;
  /** Bytes, where that is known beforehand. */
  readonly sizeBytes: number | null;
  /** When it was written for the last time, in milliseconds since 1970; null or left out where nobody knows. */
  modifiedMs?(): number | null;
  /** Says that this is a capture, which may be one that grows: opened from now on, it is waited for. */
  follow?(): void;
}

/** Bytes at hand, given out without copying them first. */
export class MemoryOrigin implements ByteOrigin {
  readonly canReopen = true;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  async peek(length: number): Promise<Uint8Array> {
    return this.#bytes.subarray(0, length);
  }

  open(): ClosableSource {
    const bytes = this.#bytes;
    let offset = 0;
    return {
      readInto(target) {
        const count = Math.min(target.length, bytes.length - offset);
        target.set(bytes.subarray(offset, offset + count));
        offset += count;
        return count;
      },
      close() {
        offset = bytes.length;
      },
    };
  }
}

/** Fills `target` as far as the source goes; the count is less than its length only at the end. */
export async function readFully(source: ByteSource, target: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const count = await source.readInto(target.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** All bytes up to `limit`; null when there are more. Memory follows what arrives, not what is claimed. */
export async function readAll(source: ByteSource, limit: number): Promise<Buffer | null> {
  const blocks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const block = Buffer.allocUnsafe(256 * 1024);
    const count = await readFully(source, block);
    total += count;
    if (total > limit) return null;
    blocks.push(block.subarray(0, count));
    if (count < block.length) return Buffer.concat(blocks, total);
  }
}
