/** Standard input, a FIFO, or any other stream that can be read once. */
import type { Readable } from "node:stream";
import type { ByteOrigin, ClosableSource } from "./byte-origin.ts";
import { fromSystemError } from "./input-error.ts";

/** Bytes that were looked at before the stream was opened are kept and given first. */
export class StreamOrigin implements ByteOrigin {
  readonly sizeBytes = null;
  readonly #file: string;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer | string>;
  #kept: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #isOpened = false;

  constructor(stream: Readable, file: string) {
    this.#file = file;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  }

  /** True while everything that the stream gave is still kept. */
  get canReopen(): boolean {
    return this.#hasEnded && !this.#isOpened;
  }

  async peek(length: number): Promise<Uint8Array> {
    const parts = [this.#kept];
    let total = this.#kept.length;
    while (total < length) {
      const chunk = await this.#nextChunk();
      if (chunk === null) break;
      parts.push(chunk);
      total += chunk.length;
    }
    this.#kept = Buffer.concat(parts, total);
    return this.#kept.subarray(0, length);
  }

  open(): ClosableSource {
    let pending = this.#kept;
    // A stream that ended while it was looked at is all in memory and may be opened again.
    if (!this.#hasEnded) {
      this.#isOpened = true;
      this.#kept = Buffer.alloc(0);
    }
    const take = (target: Uint8Array): number => {
      const count = Math.min(target.length, pending.length);
      target.set(pending.subarray(0, count));
      pending = pending.subarray(count);
      return count;
    };
    return {
      readInto: (target) => {
        if (pending.length > 0) return take(target);
        return this.#nextChunk().then((chunk) => {
          if (chunk === null) return 0;
          pending = chunk;
          return take(target);
        });
      },
      close: () => {
        pending = Buffer.alloc(0);
        if (!this.#hasEnded) this.#stream.destroy();
        this.#hasEnded = true;
      },
    };
  }

  /** The next chunk that is not empty; null at the end. */
  async #nextChunk(): Promise<Buffer | null> {
    while (!this.#hasEnded) {
      try {
        const { done, value } = await this.#chunks.next();
        if (done === true) this.#hasEnded = true;
        else if (value.length > 0) return typeof value === "string" ? Buffer.from(value) : value;
      } catch (error) {
        this.#hasEnded = true;
        throw fromSystemError(this.#file, error);
      }
    }
    return null;
  }
}
