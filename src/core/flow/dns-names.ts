/** Names that DNS answers in the captures gave addresses: for people to read, never ground for a verdict. */
import {
  MAX_DNS_MESSAGE_BYTES,
  MAX_DNS_NAMED_ADDRESSES,
  MAX_DNS_NAMES_PER_ADDRESS,
} from "../limits.ts";
import { looksLikeDnsAnswer, parseDnsAnswer } from "../wire/dns.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import { hashBytes } from "./fingerprint.ts";

const DNS_PORT = 53;
/** Answers whose hashes are remembered: a resolver gives the same one again and again, and every tap of its way sees it. */
const REMEMBERED = 16_384;

export class DnsNames {
  /** Sorted names by address. Which ones are kept does not depend on the order of the answers: the first by that order. */
  readonly #names = new Map<string, string[]>();
  readonly #remembered = new Int32Array(REMEMBERED);
  readonly #maxAddresses: number;
  /** Addresses of answers that found no room. */
  dropped = 0;

  constructor(maxAddresses: number = MAX_DNS_NAMED_ADDRESSES) {
    this.#maxAddresses = maxAddresses;
  }

  get names(): ReadonlyMap<string, readonly string[]> {
    return this.#names;
  }

  /** Reads a UDP datagram if it comes from port 53. Allocates only for an answer that was not read shortly before. */
  note(layer: IpLayer, view: DataView): void {
    if (layer.srcPort !== DNS_PORT || layer.hasPorts === 0 || layer.fragmentOffset > 0) return;
    const start = layer.payloadOffset;
    const end = Math.min(layer.payloadEnd, start + MAX_DNS_MESSAGE_BYTES);
    if (!looksLikeDnsAnswer(view, start, end)) return;
    // Without the identifier, which is another one for each question.
    const hash = hashBytes(view, start + 2, end, 1);
    const slot = hash & (REMEMBERED - 1);
    if (this.#remembered[slot] === hash) return;
    this.#remembered[slot] = hash;
    const answer = parseDnsAnswer(view, start, end);
    for (const address of answer?.addresses ?? []) this.#add(address, answer?.name ?? "");
  }

  #add(address: string, name: string): void {
    let names = this.#names.get(address);
    if (names === undefined) {
      if (this.#names.size >= this.#maxAddresses) {
        this.dropped += 1;
        return;
      }
      names = [];
      this.#names.set(address, names);
    }
    if (names.includes(name)) return;
    names.push(name);
    names.sort();
    names.length = Math.min(names.length, MAX_DNS_NAMES_PER_ADDRESS);
  }
}
