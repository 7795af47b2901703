/**
 * Datagrams of which a fragment was seen, each with the flow that its first fragment went to, once that is known (RFC 791
 * section 3.2, RFC 8200 section 4.5). A ring with hash chains: bounded, the oldest datagram is forgotten first.
 */
import { MAX_FRAGMENTED_DATAGRAMS } from "../limits.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import type { FlowPointer } from "./flow-index.ts";

/** Words of one entry: context, kind, addresses and identification are its key. */
const CONTEXT = 0;
const KIND = 1;
const SOURCE = 2;
const DESTINATION = 6;
const IP_ID = 10;
const FLOW = 11;
/** Entry + 1 that comes after this one in its chain, 0 = end. */
const NEXT = 12;
/** Chain + 1, 0 = the entry was never used. */
const CHAIN = 13;
const SECONDS = 14;
const WORDS = 15;

/** A receiver gives up after this time (RFC 8200 section 4.5; Linux already after 30 s), and identifications come again. */
const MAX_AGE_SECONDS = 60;

/** Not yet known: the first fragment was not seen. */
export const NO_FLOW = -1;

export class FragmentTable {
  readonly #seed: number;
  readonly #capacity: number;
  readonly #chainMask: number;
  readonly #onForget: (entry: number, isEvicted: boolean) => void;
  /** Made with the first fragment: most captures have none. */
  #entries = new Int32Array(0);
  /** Newest entry + 1 of each chain, 0 = empty. */
  #chains = new Int32Array(0);
  #cursor = 0;
  /** Datagrams forgotten to make room. */
  forgotten = 0;

  /** @param onForget told before an entry becomes another datagram's: evicted to make room, or too old */
  constructor(
    seed: number,
    onForget: (entry: number, isEvicted: boolean) => void,
    capacity: number = MAX_FRAGMENTED_DATAGRAMS,
  ) {
    this.#seed = seed;
    this.#onForget = onForget;
    this.#capacity = capacity;
    this.#chainMask = (1 << Math.ceil(Math.log2(Math.max(2, capacity)))) - 1;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** The entry of the datagram that `layer` is a fragment of, -1 when there is none, or none of this time. */
  find(context: number, kind: number, layer: IpLayer, seconds: number): number {
    if (this.#entries.length === 0) return -1;
    const entry = this.#find(context, kind, layer);
    return entry >= 0 && this.#isOfTime(entry, seconds) ? entry : -1;
  }

  /** The same, made when there is none. */
  enter(context: number, kind: number, layer: IpLayer, seconds: number): number {
    if (this.#entries.length === 0) {
      this.#entries = new Int32Array(this.#capacity * WORDS);
      this.#chains = new Int32Array(this.#chainMask + 1);
    }
    const known = this.#find(context, kind, layer);
    if (known >= 0) {
      if (!this.#isOfTime(known, seconds)) {
        this.#onForget(known, false);
        this.#entries[known * WORDS + FLOW] = NO_FLOW;
      }
      this.#entries[known * WORDS + SECONDS] = seconds;
      return known;
    }
    return this.#add(context, kind, layer, seconds);
  }

  flow(entry: number): FlowPointer {
    return this.#entries[entry * WORDS + FLOW]!;
  }

  setFlow(entry: number, flow: FlowPointer): void {
    this.#entries[entry * WORDS + FLOW] = flow;
  }

  #isOfTime(entry: number, seconds: number): boolean {
    const age = seconds - (this.#entries[entry * WORDS + SECONDS]! >>> 0);
    return age <= MAX_AGE_SECONDS && age >= -MAX_AGE_SECONDS;
  }

  #add(context: number, kind: number, layer: IpLayer, seconds: number): number {
    const entry = this.#cursor;
    this.#cursor = entry + 1 === this.#capacity ? 0 : entry + 1;
    const entries = this.#entries;
    const at = entry * WORDS;
    if (entries[at + CHAIN] !== 0) {
      this.#unlink(entry);
      this.#onForget(entry, true);
    }
    const chain = this.#chain(context, kind, layer);
    entries[at + CONTEXT] = context;
    entries[at + KIND] = kind;
    entries[at + SOURCE] = layer.src0;
    entries[at + SOURCE + 1] = layer.src1;
    entries[at + SOURCE + 2] = layer.src2;
    entries[at + SOURCE + 3] = layer.src3;
    entries[at + DESTINATION] = layer.dst0;
    entries[at + DESTINATION + 1] = layer.dst1;
    entries[at + DESTINATION + 2] = layer.dst2;
    entries[at + DESTINATION + 3] = layer.dst3;
    entries[at + IP_ID] = layer.ipId;
    entries[at + FLOW] = NO_FLOW;
    entries[at + NEXT] = this.#chains[chain]!;
    entries[at + CHAIN] = chain + 1;
    entries[at + SECONDS] = seconds;
    this.#chains[chain] = entry + 1;
    return entry;
  }

  /** The seed enters before the first multiplication, so that which datagrams share a chain depends on it. */
  #chain(context: number, kind: number, layer: IpLayer): number {
    let hash = this.#seed;
    hash = mix(hash, layer.ipId);
    hash = mix(mix(hash, layer.src0), layer.dst0);
    if (layer.version === 6) {
      hash = mix(mix(mix(hash, layer.src1), layer.src2), layer.src3);
      hash = mix(mix(mix(hash, layer.dst1), layer.dst2), layer.dst3);
    }
    hash = mix(hash, (context << 10) ^ kind);
    return hash & this.#chainMask;
  }

  #find(context: number, kind: number, layer: IpLayer): number {
    const entries = this.#entries;
    let entry = this.#chains[this.#chain(context, kind, layer)]! - 1;
    while (entry >= 0) {
      const at = entry * WORDS;
      if (
        entries[at + IP_ID] === (layer.ipId | 0) &&
        entries[at + CONTEXT] === context &&
        entries[at + KIND] === kind &&
        this.#hasAddresses(at, layer)
      ) {
        return entry;
      }
      entry = entries[at + NEXT]! - 1;
    }
    return -1;
  }

  #hasAddresses(at: number, layer: IpLayer): boolean {
    const entries = this.#entries;
    return (
      entries[at + SOURCE] === layer.src0 &&
      entries[at + DESTINATION] === layer.dst0 &&
      entries[at + SOURCE + 1] === layer.src1 &&
      entries[at + SOURCE + 2] === layer.src2 &&
      entries[at + SOURCE + 3] === layer.src3 &&
      entries[at + DESTINATION + 1] === layer.dst1 &&
      entries[at + DESTINATION + 2] === layer.dst2 &&
      entries[at + DESTINATION + 3] === layer.dst3
    );
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

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
