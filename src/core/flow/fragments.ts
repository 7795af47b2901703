/**
 * Which row the first fragment of a datagram went to, for the later fragments that carry no ports (RFC 791 section 3.2,
 * RFC 8200 section 4.5). A ring with hash chains: bounded, the oldest datagram is forgotten first.
 */
import { MAX_FRAGMENTED_DATAGRAMS } from "../limits.ts";
import { flowHash } from "./flow-key.ts";

/** Words of one entry. */
const CONTEXT = 0;
/** Protocol and IP version. */
const KIND = 1;
const SOURCE = 2;
const DESTINATION = 3;
const IP_ID = 4;
/** What `find` answers. */
const FOUND = 5;
/** Entry + 1 that comes after this one in its chain, 0 = end. */
const NEXT = 6;
const CHAIN = 7;
const WORDS = 8;

export class FragmentTable {
  readonly #seed: number;
  readonly #capacity: number;
  readonly #chainMask: number;
  /** Made with the first fragment: most captures have none. */
  #entries = new Int32Array(0);
  /** Newest entry + 1 of each chain, 0 = empty. */
  #chains = new Int32Array(0);
  #cursor = 0;
  /** Datagrams forgotten to make room. */
  forgotten = 0;

  constructor(seed: number, capacity: number = MAX_FRAGMENTED_DATAGRAMS) {
    this.#seed = seed;
    this.#capacity = capacity;
    this.#chainMask = (1 << Math.ceil(Math.log2(Math.max(2, capacity)))) - 1;
  }

  /** What `remember` was given for this datagram, -1 when it is not known. */
  find(context: number, kind: number, source: number, destination: number, ipId: number): number {
    const entry = this.#find(context, kind, source, destination, ipId);
    return entry < 0 ? -1 : this.#entries[entry * WORDS + FOUND]!;
  }

  /** Keeps `found` (not negative) for the later fragments of a datagram; a reused IP ID replaces the older datagram. */
  remember(
    context: number,
    kind: number,
    source: number,
    destination: number,
    ipId: number,
    found: number,
  ): void {
    if (this.#entries.length === 0) {
      this.#entries = new Int32Array(this.#capacity * WORDS);
      this.#chains = new Int32Array(this.#chainMask + 1);
    }
    const known = this.#find(context, kind, source, destination, ipId);
    if (known >= 0) {
      this.#entries[known * WORDS + FOUND] = found;
      return;
    }
    const entry = this.#cursor;
    this.#cursor = entry + 1 === this.#capacity ? 0 : entry + 1;
    const entries = this.#entries;
    const at = entry * WORDS;
    if (entries[at + CHAIN] !== 0) this.#unlink(entry);
    const chain = this.#chain(context, kind, source, destination, ipId);
    entries[at + CONTEXT] = context;
    entries[at + KIND] = kind;
    entries[at + SOURCE] = source;
    entries[at + DESTINATION] = destination;
    entries[at + IP_ID] = ipId;
    entries[at + FOUND] = found;
    entries[at + NEXT] = this.#chains[chain]!;
    entries[at + CHAIN] = chain + 1;
    this.#chains[chain] = entry + 1;
  }

  #chain(context: number, kind: number, source: number, destination: number, ipId: number): number {
    const ports = ipId & 0xffff;
    const highHalf = ipId >>> 16;
    return (
      flowHash(context, kind ^ highHalf, source, destination, ports, 0, this.#seed) &
      this.#chainMask
    );
  }

  #find(context: number, kind: number, source: number, destination: number, ipId: number): number {
    if (this.#entries.length === 0) return -1;
    const entries = this.#entries;
    let entry = this.#chains[this.#chain(context, kind, source, destination, ipId)]! - 1;
    while (entry >= 0) {
      const at = entry * WORDS;
      if (
        entries[at + IP_ID] === (ipId | 0) &&
        entries[at + SOURCE] === source &&
        entries[at + DESTINATION] === destination &&
        entries[at + CONTEXT] === context &&
        entries[at + KIND] === kind
      ) {
        return entry;
      }
      entry = entries[at + NEXT]! - 1;
    }
    return -1;
  }

  /** Takes the ring's oldest entry out of its chain. */
  #unlink(entry: number): void {
    const entries = this.#entries;
    const at = entry * WORDS;
    const chain = entries[at + CHAIN]! - 1;
    const next = entries[at + NEXT]!;
    this.forgotten += 1;
    if (this.#chains[chain] === entry + 1) {
      this.#chains[chain] = next;
      return;
    }
    let before = this.#chains[chain]! - 1;
    while (entries[before * WORDS + NEXT] !== entry + 1)
      before = entries[before * WORDS + NEXT]! - 1;
    entries[before * WORDS + NEXT] = next;
  }
}
