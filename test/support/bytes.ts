/** Bytes for tests: hex with comments, big-endian fields, addresses and the Internet checksum. */
import { Address4, Address6 } from "ip-address";

/** Bytes of annotated hex: white space is ignored, `#` starts a comment that ends with the line. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/#[^\n]*/g, "").replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-fA-F]/.test(digits)) throw new Error(`not hex: ${digits}`);
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}

/** Big-endian bytes of an unsigned value; higher bits are cut. */
export function bigEndian(value: number | bigint, length: number): Uint8Array {
  let rest = BigInt(value);
  const result = new Uint8Array(length);
  for (let i = length - 1; i >= 0; i--) {
    result[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return result;
}

export const u8 = (value: number): Uint8Array => bigEndian(value, 1);
export const u16 = (value: number): Uint8Array => bigEndian(value, 2);
export const u32 = (value: number): Uint8Array => bigEndian(value, 4);

/** One byte per character (ISO 8859-1). */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

export function macBytes(mac: string): Uint8Array {
  const bytes = hex(mac.replaceAll(":", ""));
  if (bytes.length !== 6) throw new Error(`not a MAC address: ${mac}`);
  return bytes;
}

/** 4 or 16 bytes of an address in text form. */
export function addressBytes(address: string): Uint8Array {
  return address.includes(":")
    ? bigEndian(new Address6(address).bigInt(), 16)
    : Uint8Array.from(new Address4(address).toArray());
}

/** RFC 1071: ones' complement of the ones' complement sum, an odd last byte counts as the high one. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  const bytes = concat(...parts);
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}
