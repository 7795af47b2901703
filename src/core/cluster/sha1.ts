/**
 * SHA-1 (FIPS 180-4 section 6.1.2), for names that other programs derive with it; not for security. The core runs where no
 * crypto module is, and Web Crypto answers only asynchronously.
 */

/** 40 lower-case hexadecimal digits of the hash of the text's UTF-8 bytes. */
export function sha1Hex(text: string): string {
  const words = paddedWords(utf8(text));
  const hash: Hash = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let block = 0; block < words.length; block += 16) addBlock(hash, words, block);
  return hash.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

type Hash = [number, number, number, number, number];

function utf8(text: string): number[] {
  const bytes: number[] = [];
  // Iterating gives whole code points; a lone surrogate becomes U+FFFD as everywhere else.
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return bytes;
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/** Big-endian words of the message, a 1 bit, zeros, and the length in bits. */
function paddedWords(bytes: readonly number[]): Uint32Array {
  const blocks = Math.ceil((bytes.length + 9) / 64);
  const padded = new DataView(new ArrayBuffer(blocks * 64));
  for (const [at, byte] of bytes.entries()) padded.setUint8(at, byte);
  padded.setUint8(bytes.length, 0x80);
  padded.setBigUint64(blocks * 64 - 8, BigInt(bytes.length) * 8n);
  return Uint32Array.from({ length: blocks * 16 }, (_, word) => padded.getUint32(word * 4));
}

function addBlock(hash: Hash, words: Uint32Array, start: number): void {
  const schedule = new Uint32Array(80);
  schedule.set(words.subarray(start, start + 16));
  for (let t = 16; t < 80; t++) {
    const mixed =
      at(schedule, t - 3) ^ at(schedule, t - 8) ^ at(schedule, t - 14) ^ at(schedule, t - 16);
    schedule[t] = rotateLeft(mixed, 1);
  }
  let [a, b, c, d, e] = hash;
  for (let t = 0; t < 80; t++) {
    const next = (rotateLeft(a, 5) + round(t, b, c, d) + e + at(schedule, t)) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  hash[0] = (hash[0] + a) | 0;
  hash[1] = (hash[1] + b) | 0;
  hash[2] = (hash[2] + c) | 0;
  hash[3] = (hash[3] + d) | 0;
  hash[4] = (hash[4] + e) | 0;
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}

/** Function and constant of a round (sections 4.1.1 and 4.2.1). */
function round(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
