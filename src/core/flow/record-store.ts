/**
 * Rows of fixed width in chunks of typed arrays: a row is a number, its fields are 32-bit words.
 * Chunks never move, so growing copies nothing and the peak is the size; untouched rows cost nothing but address space.
 *
 * A hot function takes the chunk once and then indexes it:
 *   const words = store.uints[id >>> CHUNK_SHIFT]!;
 *   const at = (id & CHUNK_MASK) * WIDTH;          // words[at + FIELD]
 */

/** Rows of 64 bytes make chunks of 1 MiB: so few that the list of them stays in the first-level cache. */
export const CHUNK_SHIFT = 14;
export const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

export class RecordStore {
  /** Two views of the same bytes, one of each per chunk. */
  readonly ints: Int32Array[] = [];
  readonly uints: Uint32Array[] = [];
  /** Rows given out. */
  length = 0;
  readonly #chunkBytes: number;

  /** @param width 32-bit words of one row */
  constructor(width: number) {
    this.#chunkBytes = (width << CHUNK_SHIFT) * 4;
  }

  /** The next row, all zero. */
  allocate(): number {
    const id = this.length;
    if ((id & CHUNK_MASK) === 0) this.#addChunk();
    this.length = id + 1;
    return id;
  }

  #addChunk(): void {
    const buffer = new ArrayBuffer(this.#chunkBytes);
    this.ints.push(new Int32Array(buffer));
    this.uints.push(new Uint32Array(buffer));
  }
}
