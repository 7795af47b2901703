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

/**
 * Where in its buffer a chunk begins. malloc gives large blocks 16 bytes behind the start of a page (glibc), so that rows of 64
 * bytes from here on are each one cache line. Elsewhere it is as good as any other place.
 */
const ALIGNMENT_BYTES = 48;

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
    const buffer = new ArrayBuffer(this.#chunkBytes + ALIGNMENT_BYTES);
    const length = this.#chunkBytes / 4;
    this.ints.push(new Int32Array(buffer, ALIGNMENT_BYTES, length));
    this.uints.push(new Uint32Array(buffer, ALIGNMENT_BYTES, length));
  }
}
