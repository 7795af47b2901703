/**
 * Longest-prefix match from address to value, for control-plane look-ups (once per flow, not per packet). One Map per prefix
 * length that occurs: a cluster knows a handful of lengths, so a look-up is a handful of Map reads.
 */
import { type Cidr, maskWords, wordMask } from "./cidr.ts";
import type { AddressWords, IpAddress } from "./ip-text.ts";

/** An IPv4 prefix is its word; an IPv6 prefix its four words as text. */
type PrefixKey = number | string;

interface LengthBucket<T> {
  readonly prefixLength: number;
  readonly values: Map<PrefixKey, T>;
}

export class PrefixTable<T> {
  /** Longest prefix first. */
  readonly #ipv4: LengthBucket<T>[] = [];
  readonly #ipv6: LengthBucket<T>[] = [];

  /** Adds a prefix; a second value for the same prefix replaces the first. */
  insert(cidr: Cidr, value: T): void {
    const buckets = cidr.family === 4 ? this.#ipv4 : this.#ipv6;
    let at = buckets.findIndex((bucket) => bucket.prefixLength <= cidr.prefixLength);
    if (at < 0) at = buckets.length;
    let bucket = buckets[at];
    if (bucket === undefined || bucket.prefixLength !== cidr.prefixLength) {
      bucket = { prefixLength: cidr.prefixLength, values: new Map() };
      buckets.splice(at, 0, bucket);
    }
    bucket.values.set(prefixKey(cidr.family, cidr.words), value);
  }

  /** The value of the longest prefix that contains the address, or null. */
  lookup(address: IpAddress): T | null {
    if (address.family === 4) return this.#lookupIpv4(address.words[0]);
    for (const value of this.#matches(address)) return value;
    return null;
  }

  /** The values of all prefixes that contain the address, longest prefix first. */
  lookupAll(address: IpAddress): T[] {
    return [...this.#matches(address)];
  }

  #lookupIpv4(word: number): T | null {
    for (const { prefixLength, values } of this.#ipv4) {
      const key = word & wordMask(prefixLength);
      const value = values.get(key);
      if (value !== undefined || values.has(key)) return value as T;
    }
    return null;
  }

  *#matches(address: IpAddress): Generator<T> {
    for (const bucket of address.family === 4 ? this.#ipv4 : this.#ipv6) {
      const key = prefixKey(address.family, maskWords(address.words, bucket.prefixLength));
      // `has` first: a stored value may itself be null or undefined.
      if (bucket.values.has(key)) yield bucket.values.get(key) as T;
    }
  }
}

function prefixKey(family: 4 | 6, words: AddressWords): PrefixKey {
  return family === 4 ? words[0] : words.join(",");
}
