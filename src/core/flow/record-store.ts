/**
 * Rows of fixed width in chunks of typed arrays: a row is a number, its fields are 32-bit words and doubles of one buffer.
 * Chunks never move, so growing copies nothing and the peak is the size; untouched rows cost nothing but address space.
 *
 * A hot function takes the chunk once and then indexes it:
 *   const words = store.uints[id >>> CHUNK_SHIFT]!;
 *   const at = (id & CHUNK_MASK) * WIDTH;          // words[at + FIELD]
 *   const doubles = store.doubles[id >>> CHUNK_SHIFT]!;   // doubles[(at >>> 1) + FIELD], width even
 */

/** Small, so that growth runs early, before the optimiser takes a chunk list of one for granted. */
export const CHUNK_SHIFT = 10;
export const CHUNK_MASK = (1 << CHUNK_SHIFT) - 1;

export class RecordStore {
  /** Three views of the same bytes, one of each per chunk. */
  readonly ints: Int32Array[] = [];
  readonly uints: Uint32Array[] = [];
  readonly doubles: Float64Array[] = [];
  /** Rows given out. */
  length = 0;
  readonly #chunkBytes: number;

  /** @param width 32-bit words of one row; even, so that doubles stay aligned. */
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
    this.doubles.push(new Float64Array(buffer));
  }
}
