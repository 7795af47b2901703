/** Options of pcapng blocks (draft-ietf-opsawg-pcapng section 3.5): code, length, value padded to 32 bits. */

/** opt_endofopt; some writers leave it out and end with the block. */
const OPTION_END = 0;
/** opt_comment, allowed in every block. */
export const OPTION_COMMENT = 1;

/** A cursor over the options of one block; reused, so that walking a packet's options allocates nothing. */
export class OptionCursor {
  code = 0;
  /** The value is `[start, end)` of the view. */
  start = 0;
  end = 0;
  /** True when an option did not fit the block; the ones before it were good. */
  malformed = false;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #little = true;
  #next = 0;
  #limit = 0;

  /** Starts at `offset`; nothing at or after `limit` is read. */
  reset(view: DataView, offset: number, limit: number, little: boolean): void {
    this.#view = view;
    this.#little = little;
    this.#next = offset;
    this.#limit = limit;
    this.malformed = false;
  }

  next(): boolean {
    const offset = this.#next;
    const left = this.#limit - offset;
    if (left < 4) {
      // Up to three bytes can be left only when the block's own padding is odd; they cannot be an option.
      this.malformed ||= left > 0;
      return false;
    }
    const code = this.#view.getUint16(offset, this.#little);
    const length = this.#view.getUint16(offset + 2, this.#little);
    if (code === OPTION_END) return false;
    if (length > left - 4) {
      this.malformed = true;
      return false;
    }
    this.code = code;
    this.start = offset + 4;
    this.end = offset + 4 + length;
    this.#next = offset + 4 + ((length + 3) & ~3);
    return true;
  }

  get length(): number {
    return this.end - this.start;
  }
}
