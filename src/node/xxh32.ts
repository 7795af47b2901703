/** The checksum of LZ4 frames: XXH32 with seed 0 (xxHash specification 0.1.1), over bytes that come in pieces. */

const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;
/** Four lanes of four bytes. */
const STRIPE = 16;

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

export class Xxh32 {
  readonly #lanes = new Int32Array([PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1]);
  readonly #rest = new Uint8Array(STRIPE);
  #restLength = 0;
  #total = 0;

  update(bytes: Uint8Array): this {
    this.#total += bytes.length;
    let offset = 0;
    if (this.#restLength > 0) {
      offset = Math.min(STRIPE - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, offset), this.#restLength);
      this.#restLength += offset;
      if (this.#restLength < STRIPE) return this;
      this.#stripes(this.#rest, 0, STRIPE);
      this.#restLength = 0;
    }
    const whole = offset + ((bytes.length - offset) & ~(STRIPE - 1));
    this.#stripes(bytes, offset, whole);
    this.#rest.set(bytes.subarray(whole));
    this.#restLength = bytes.length - whole;
    return this;
  }

  /** Unsigned. More bytes may follow. */
  digest(): number {
    const lanes = this.#lanes;
    let hash =
      this.#total >= STRIPE
        ? rotateLeft(lanes[0] ?? 0, 1) +
          rotateLeft(lanes[1] ?? 0, 7) +
          rotateLeft(lanes[2] ?? 0, 12) +
          rotateLeft(lanes[3] ?? 0, 18)
        : PRIME_5;
    hash = (hash + this.#total) | 0;
    const view = new DataView(this.#rest.buffer);
    let offset = 0;
    for (; offset + 4 <= this.#restLength; offset += 4) {
      const word = view.getUint32(offset, true);
      hash = Math.imul(rotateLeft((hash + Math.imul(word, PRIME_3)) | 0, 17), PRIME_4);
    }
    for (; offset < this.#restLength; offset += 1) {
      const byte = view.getUint8(offset);
      hash = Math.imul(rotateLeft((hash + Math.imul(byte, PRIME_5)) | 0, 11), PRIME_1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [lane0 = 0, lane1 = 0, lane2 = 0, lane3 = 0] = this.#lanes;
    for (let offset = start; offset < end; offset += STRIPE) {
      lane0 = mix(lane0, view.getInt32(offset, true));
      lane1 = mix(lane1, view.getInt32(offset + 4, true));
      lane2 = mix(lane2, view.getInt32(offset + 8, true));
      lane3 = mix(lane3, view.getInt32(offset + 12, true));
    }
    this.#lanes.set([lane0, lane1, lane2, lane3]);
  }
}

function mix(lane: number, word: number): number {
  return Math.imul(rotateLeft((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}
