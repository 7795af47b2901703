/** Distinct (source, destination) pairs of link addresses, one number each: a node speaks to few neighbours. */
import { formatMac } from "../address/ip-text.ts";
import { PacketType, type PacketView } from "../wire/packet-view.ts";
import { WordTupleTable } from "./word-tuple-table.ts";

export class MacPairs {
  /** Words: source high, source low, destination high, destination low, 1 when there is a destination. */
  readonly #pairs: WordTupleTable;
  /** Made once each: every row of a capture names the same few. */
  readonly #sources: string[] = [];
  readonly #destinations: string[] = [];

  constructor(seed: number) {
    this.#pairs = new WordTupleTable(5, seed);
  }

  /** Number of the packet's pair, -1 when the link layer has no addresses. */
  intern(packet: PacketView): number {
    if (packet.hasMac === 0) return -1;
    // LINUX_SLL and SLL2 carry the sender's address only.
    const hasDestination = packet.sllPacketType === PacketType.None;
    const key = this.#pairs.key;
    key[0] = packet.srcMacHigh;
    key[1] = packet.srcMacLow;
    key[2] = hasDestination ? packet.dstMacHigh : 0;
    key[3] = hasDestination ? packet.dstMacLow : 0;
    key[4] = hasDestination ? 1 : 0;
    return this.#pairs.intern();
  }

  source(pair: number): string | null {
    if (pair < 0) return null;
    this.#sources[pair] ??= formatMac(this.#pairs.word(pair, 0), this.#pairs.word(pair, 1) >>> 0);
    return this.#sources[pair]!;
  }

  destination(pair: number): string | null {
    if (pair < 0 || this.#pairs.word(pair, 4) === 0) return null;
    this.#destinations[pair] ??= formatMac(
      this.#pairs.word(pair, 2),
      this.#pairs.word(pair, 3) >>> 0,
    );
    return this.#destinations[pair]!;
  }
}
