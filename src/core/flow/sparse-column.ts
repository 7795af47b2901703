/** A column of numbers that nearly all rows leave at 0: room is made in pieces, where something is put in. */

const PIECE_SHIFT = 10;
const PIECE_MASK = (1 << PIECE_SHIFT) - 1;

export class SparseColumn {
  readonly #pieces: (Float64Array | null)[] = [];

  /** 0 where nothing was put. */
  get(index: number): number {
    const number = index >>> PIECE_SHIFT;
    const piece = number < this.#pieces.length ? this.#pieces[number] : null;
    return piece?.[index & PIECE_MASK] ?? 0;
  }

  set(index: number, value: number): void {
    const number = index >>> PIECE_SHIFT;
    while (this.#pieces.length <= number) this.#pieces.push(null);
    let piece = this.#pieces[number];
    if (piece === null || piece === undefined) {
      piece = new Float64Array(1 << PIECE_SHIFT);
      this.#pieces[number] = piece;
    }
    piece[index & PIECE_MASK] = value;
  }

  add(index: number, value: number): void {
    this.set(index, this.get(index) + value);
  }
}
