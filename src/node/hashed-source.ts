/** Counts, and when asked hashes, the bytes of an input as they were given, before anything is unpacked. */
import { createHash, type Hash } from "node:crypto";
import type { ByteOrigin, ClosableSource } from "./byte-origin.ts";

/**
 * An origin whose first complete reading tells length and SHA-256. Readings after the first (gzip repair, cross-check)
 * are not counted again.
 */
export class HashedOrigin implements ByteOrigin {
  readonly #inner: ByteOrigin;
  readonly #hash: Hash | null;
  #first: ClosableSource | null = null;
  #bytes = 0;
  #digest: string | null = null;

  constructor(inner: ByteOrigin, isHashed: boolean) {
    this.#inner = inner;
    this.#hash = isHashed ? createHash("sha256") : null;
  }

  get canReopen(): boolean {
    return this.#inner.canReopen;
  }
  get sizeBytes(): number | null {
    return this.#inner.sizeBytes;
  }

  peek(length: number): Promise<Uint8Array> {
    return this.#inner.peek(length);
  }

  open(): ClosableSource {
    const source = this.#inner.open();
    if (this.#first !== null) return source;
    this.#first = source;
    return {
      readInto: (target) => {
        const count = source.readInto(target);
        if (typeof count !== "number") return count.then((bytes) => this.#count(target, bytes));
        return this.#count(target, count);
      },
      // What the reader leaves unread is still wanted for the hash: `describe` reads it.
      close: () => {
        if (this.#hash === null) source.close();
      },
    };
  }

  /** Bytes as given and their SHA-256 (null when not asked for); reads on to the end where that is needed. */
  async describe(): Promise<{ bytes: number; sha256: string | null }> {
    const needsAll = this.#hash !== null || this.#inner.sizeBytes === null;
    if (needsAll) {
      this.#first ??= this.#inner.open();
      const rest = new Uint8Array(256 * 1024);
      for (;;) {
        const count = this.#count(rest, await this.#first.readInto(rest));
        if (count === 0) break;
      }
    }
    this.#first?.close();
    if (this.#hash !== null) this.#digest ??= this.#hash.digest("hex");
    return { bytes: needsAll ? this.#bytes : (this.#inner.sizeBytes ?? 0), sha256: this.#digest };
  }

  #count(target: Uint8Array, count: number): number {
    this.#bytes += count;
    if (this.#digest === null) this.#hash?.update(target.subarray(0, count));
    return count;
  }
}
