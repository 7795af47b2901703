/**
 * IP and MAC addresses between their text form and numbers. IP words are signed 32-bit, as `DataView.getInt32` gives
 * them, most significant first; an IPv4 address is the first word and three zeros.
 */
import { Address4, Address6 } from "ip-address";

export type AddressWords = readonly [number, number, number, number];

export interface IpAddress {
  readonly family: 4 | 6;
  readonly words: AddressWords;
  /** Dotted quad, or RFC 5952. Two addresses are the same when family and text are. */
  readonly text: string;
}

/** Longest text that can be an address: an IPv4-mapped address with all groups written out, and some zone id. */
const MAX_TEXT_LENGTH = 128;

/** Dotted quad of a 32-bit word, signed or unsigned. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/**
 * RFC 5952: lower case, no leading zeros, the longest (first) run of at least two zero groups as `::`. IPv4-mapped addresses
 * end in a dotted quad (its section 5), as kubectl, conntrack and tshark print them.
 */
export function formatIpv6(word0: number, word1: number, word2: number, word3: number): string {
  if (word0 === 0 && word1 === 0 && word2 === 0xffff) return `::ffff:${formatIpv4(word3)}`;
  const groups: number[] = [];
  for (const word of [word0, word1, word2, word3]) groups.push(word >>> 16, word & 0xffff);
  let longestStart = 0;
  let longestLength = 0;
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longestLength) {
      longestStart = start;
      longestLength = length;
    }
  }
  const inHex = groups.map((group) => group.toString(16));
  if (longestLength < 2) return inHex.join(":");
  const before = inHex.slice(0, longestStart).join(":");
  const after = inHex.slice(longestStart + longestLength).join(":");
  return `${before}::${after}`;
}

/** The text form of words of either family. */
export function formatAddress(family: 4 | 6, words: AddressWords): string {
  return family === 4 ? formatIpv4(words[0]) : formatIpv6(...words);
}

/**
 * An address from text, or null. Zone ids (`fe80::1%eth0`) are cut off; prefix lengths, brackets, white space and octets with
 * leading zeros (octal or decimal? programs differ) are not addresses. IPv4-mapped IPv6 stays IPv6.
 */
export function parseAddress(text: string): IpAddress | null {
  if (text.length > MAX_TEXT_LENGTH || text.includes("/")) return null;
  const zone = text.indexOf("%");
  const plain = zone < 0 ? text : text.slice(0, zone);
  const isIpv6 = plain.includes(":");
  if (zone >= 0 && !isIpv6) return null;
  const words = isIpv6 ? parseIpv6Words(plain) : parseIpv4Words(plain);
  if (words === null) return null;
  const family = isIpv6 ? 6 : 4;
  return { family, words, text: formatAddress(family, words) };
}

function parseIpv4Words(text: string): AddressWords | null {
  const word = plainIpv4Word(text);
  if (word !== null) return [word, 0, 0, 0];
  if (!Address4.isValid(text)) return null;
  return [Number(BigInt.asIntN(32, new Address4(text).bigInt())), 0, 0, 0];
}

/**
 * The signed word of a dotted quad as `formatIpv4` writes it; null for any other text. A capture has a hundred thousand addresses,
 * and the library takes microseconds for each.
 */
export function plainIpv4Word(text: string): number | null {
  if (text.length < 7 || text.length > 15) return null;
  let word = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0) return null;
      word = (word << 8) | octet;
      octet = -1;
      dots += 1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return null;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return null;
  }
  return dots === 3 && octet >= 0 ? (word << 8) | octet : null;
}

const DOT = 0x2e;
const ZERO = 0x30;

function parseIpv6Words(text: string): AddressWords | null {
  if (!Address6.isValid(text)) return null;
  const value = new Address6(text).bigInt();
  const word = (shift: bigint): number => Number(BigInt.asIntN(32, value >> shift));
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** "aa:bb:cc:dd:ee:ff" of the first 16 and the last 32 bits, signed or unsigned. */
export function formatMac(high: number, low: number): string {
  const digits =
    (high & 0xffff).toString(16).padStart(4, "0") + (low >>> 0).toString(16).padStart(8, "0");
  return withColons(digits);
}

/** The lower-case colon form of a MAC address written with colons, hyphens or as Cisco's dotted groups; null otherwise. */
export function parseMac(text: string): string | null {
  const isMac =
    /^[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}$/i.test(text) ||
    /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i.test(text);
  return isMac ? withColons(text.replace(/[:.-]/g, "").toLowerCase()) : null;
}

function withColons(digits: string): string {
  return digits.replace(/..(?!$)/g, "$&:");
}
