/** Bytes of a capture file in writing, in either byte order, with the fields remembered that a liar changes. */
import type { LengthField } from "./packet-writer.ts";

export class ContainerWriter {
  readonly fields: LengthField[] = [];
  length = 0;
  little = true;
  #bytes = new Uint8Array(64 * 1024);
  #view = new DataView(this.#bytes.buffer);

  u8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.length] = value;
    this.length += 1;
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.fields.push({ offset: this.length, width: 2 });
    this.#view.setUint16(this.length, value, this.little);
    this.length += 2;
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.fields.push({ offset: this.length, width: 4 });
    this.#view.setUint32(this.length, value, this.little);
    this.length += 4;
    return this;
  }

  u64(value: bigint): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.length, BigInt.asUintN(64, value), this.little);
    this.length += 8;
    return this;
  }

  put(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
    return this;
  }

  /** Zeros up to a multiple of 4, as pcapng wants it. */
  pad(): this {
    while (this.length % 4 !== 0) this.u8(0);
    return this;
  }

  set({ offset, width }: LengthField, value: number): void {
    if (width === 1) this.#view.setUint8(offset, value);
    else if (width === 2) this.#view.setUint16(offset, value, this.little);
    else this.#view.setUint32(offset, value, this.little);
  }

  get({ offset, width }: LengthField): number {
    if (width === 1) return this.#view.getUint8(offset);
    return width === 2
      ? this.#view.getUint16(offset, this.little)
      : this.#view.getUint32(offset, this.little);
  }

  /** A copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(this.#bytes.length * 2 + count);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
