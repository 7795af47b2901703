/** Bytes of one packet in writing: network order, with its length fields remembered, so that a liar finds them. */

/** A field that says how long something is, counts something, or says what follows. */
export interface LengthField {
  readonly offset: number;
  /** Bytes. */
  readonly width: 1 | 2 | 4;
}

export class PacketWriter {
  readonly fields: LengthField[] = [];
  length = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #ipv4Headers: number[] = [];

  constructor(capacity = 8192) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  reset(): void {
    this.length = 0;
    this.fields.length = 0;
    this.#ipv4Headers.length = 0;
  }

  get room(): number {
    return this.#bytes.length - this.length;
  }

  u8(value: number): this {
    this.#bytes[this.length] = value;
    this.length += 1;
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.length, value);
    this.length += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.length, value);
    this.length += 4;
    return this;
  }

  put(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  ascii(text: string): this {
    for (let at = 0; at < text.length; at += 1) this.u8(text.charCodeAt(at));
    return this;
  }

  zeros(count: number): this {
    this.#bytes.fill(0, this.length, this.length + count);
    this.length += count;
    return this;
  }

  /** Writes a field that a liar may change; returns where it stands. */
  lengthField(width: 1 | 2 | 4, value = 0): number {
    const offset = this.length;
    this.fields.push({ offset, width });
    this.length += width;
    this.set({ offset, width }, value);
    return offset;
  }

  /** The same for a length that is known: goes on writing. */
  counted(width: 1 | 2 | 4, value: number): this {
    this.lengthField(width, value);
    return this;
  }

  set({ offset, width }: LengthField, value: number): void {
    if (width === 1) this.#view.setUint8(offset, value);
    else if (width === 2) this.#view.setUint16(offset, value);
    else this.#view.setUint32(offset, value);
  }

  get({ offset, width }: LengthField): number {
    if (width === 1) return this.#view.getUint8(offset);
    return width === 2 ? this.#view.getUint16(offset) : this.#view.getUint32(offset);
  }

  /** Forgets what stands behind `length`. */
  cutTo(length: number): void {
    this.length = length;
    while ((this.fields.at(-1)?.offset ?? -1) >= length - 4) this.fields.pop();
    while ((this.#ipv4Headers.at(-1) ?? -1) > length - 20) this.#ipv4Headers.pop();
  }

  /** An IPv4 header starts here; its checksum is filled in by `finish`. */
  ipv4HeaderHere(): void {
    this.#ipv4Headers.push(this.length);
  }

  /** The bytes so far, checksums included; a view that the next `reset` overwrites. */
  finish(): Uint8Array {
    for (const at of this.#ipv4Headers) {
      const length = (this.#view.getUint8(at) & 15) * 4;
      this.#view.setUint16(at + 10, 0);
      let sum = 0;
      for (let word = at; word < at + length; word += 2) sum += this.#view.getUint16(word);
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      this.#view.setUint16(at + 10, ~sum & 0xffff);
    }
    return this.#bytes.subarray(0, this.length);
  }
}
