/**
 * Addresses as one word each, so that flow keys have a fixed width: an IPv4 address is its own word, an IPv6 address the
 * number it was interned under.
 */
import { formatIpv4, formatIpv6 } from "../address/ip-text.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import { WordTupleTable } from "./word-tuple-table.ts";

/** Texts of IPv4 addresses that are kept. Those of a scan are made anew each time. */
const MAX_TEXTS_KEPT = 65_536;

export class AddressTable {
  readonly #version6: WordTupleTable;
  readonly #text4 = new Map<number, string>();
  readonly #text6: string[] = [];

  constructor(seed: number) {
    this.#version6 = new WordTupleTable(4, seed);
  }

  /** Word of the layer's source; -1 when it is an IPv6 address that is in no flow. */
  findSource(layer: IpLayer): number {
    if (layer.version !== 6) return layer.src0;
    this.#write(layer.src0, layer.src1, layer.src2, layer.src3);
    return this.#version6.find();
  }

  findDestination(layer: IpLayer): number {
    if (layer.version !== 6) return layer.dst0;
    this.#write(layer.dst0, layer.dst1, layer.dst2, layer.dst3);
    return this.#version6.find();
  }

  /** The same, but a new IPv6 address gets its number. */
  internSource(layer: IpLayer): number {
    if (layer.version !== 6) return layer.src0;
    this.#write(layer.src0, layer.src1, layer.src2, layer.src3);
    return this.#version6.intern();
  }

  internDestination(layer: IpLayer): number {
    if (layer.version !== 6) return layer.dst0;
    this.#write(layer.dst0, layer.dst1, layer.dst2, layer.dst3);
    return this.#version6.intern();
  }

  /** Dotted quad or RFC 5952. */
  text(word: number, isVersion6: boolean): string {
    return isVersion6 ? this.#textOfVersion6(word) : this.#textOfVersion4(word);
  }

  #textOfVersion4(word: number): string {
    let text = this.#text4.get(word);
    if (text === undefined) {
      text = formatIpv4(word);
      if (this.#text4.size < MAX_TEXTS_KEPT) this.#text4.set(word, text);
    }
    return text;
  }

  #textOfVersion6(index: number): string {
    const table = this.#version6;
    for (let i = this.#text6.length; i < table.size; i++) {
      this.#text6.push(
        formatIpv6(table.word(i, 0), table.word(i, 1), table.word(i, 2), table.word(i, 3)),
      );
    }
    return this.#text6[index] ?? "";
  }

  #write(word0: number, word1: number, word2: number, word3: number): void {
    const key = this.#version6.key;
    key[0] = word0;
    key[1] = word1;
    key[2] = word2;
    key[3] = word3;
  }
}
