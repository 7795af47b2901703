/** Text on its way to a file: encoded into one block of bytes that is used again and again. */

const BLOCK_BYTES = 64 * 1024;

export class TextBlock {
  readonly #bytes = new Uint8Array(BLOCK_BYTES);
  readonly #encoder = new TextEncoder();
  #length = 0;

  /** Takes what fits, whole characters, and gives the rest; "" when all of it fitted. An empty block takes at least one. */
  add(text: string): string {
    const { read, written } = this.#encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#length += written;
    return read === text.length ? "" : text.slice(read);
  }

  /** The bytes so far, which stand there until the next `add`; the block is empty again. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
