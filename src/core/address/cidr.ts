/** Address prefixes (RFC 4632, RFC 4291 section 2.3). */
import { type AddressWords, formatAddress, type IpAddress, parseAddress } from "./ip-text.ts";

export interface Cidr {
  readonly family: 4 | 6;
  /** Host bits are zero. */
  readonly words: AddressWords;
  readonly prefixLength: number;
  /** Canonical: "10.0.0.0/16", "2001:db8::/32". */
  readonly text: string;
}

/** The words with all bits after the first `prefixLength` cleared. For IPv4 the three words that are always 0 stay 0. */
export function maskWords(words: AddressWords, prefixLength: number): AddressWords {
  return [
    words[0] & wordMask(prefixLength),
    words[1] & wordMask(prefixLength - 32),
    words[2] & wordMask(prefixLength - 64),
    words[3] & wordMask(prefixLength - 96),
  ];
}

/** The mask of one word that has `bits` of the prefix left; JavaScript's shift counts are modulo 32, hence the two edges. */
export function wordMask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/** A prefix from "address/length", or null. Host bits are cleared: "10.0.1.5/16" is 10.0.0.0/16. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf("/");
  if (slash < 0) return null;
  const address = parseAddress(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (address === null || !/^(?:0|[1-9][0-9]{0,2})$/.test(lengthText)) return null;
  const prefixLength = Number(lengthText);
  if (prefixLength > (address.family === 4 ? 32 : 128)) return null;
  return makeCidr(address, prefixLength);
}

/** The prefix of that length around an address. `prefixLength` must fit the family. */
export function makeCidr(address: IpAddress, prefixLength: number): Cidr {
  const words = maskWords(address.words, prefixLength);
  const text = `${formatAddress(address.family, words)}/${prefixLength}`;
  return { family: address.family, words, prefixLength, text };
}

/** Whether the address lies inside. Families never mix: ::ffff:10.0.0.1 is not in 10.0.0.0/8. */
export function cidrContains(cidr: Cidr, address: IpAddress): boolean {
  if (cidr.family !== address.family) return false;
  if (cidr.family === 4) return (address.words[0] & wordMask(cidr.prefixLength)) === cidr.words[0];
  const masked = maskWords(address.words, cidr.prefixLength);
  return (
    masked[0] === cidr.words[0] &&
    masked[1] === cidr.words[1] &&
    masked[2] === cidr.words[2] &&
    masked[3] === cidr.words[3]
  );
}
