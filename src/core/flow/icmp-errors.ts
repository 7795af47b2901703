/** ICMP errors by the row whose packet they quote: one list per row, in file order, up to a bound over all rows. */
import { MAX_ICMP_ERRORS_KEPT } from "../limits.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import type { AddressTable } from "./address-table.ts";
import type { IcmpErrorRef } from "./flow-observation.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";

const RECORD = 0;
const TYPE = 1;
const CODE = 2;
const FROM = 3;
const FROM_IS_VERSION_6 = 4;
/** Next error of the same row + 1, 0 = last. */
const NEXT = 5;
const WIDTH = 6;

export class IcmpErrorList {
  readonly #errors = new RecordStore(WIDTH);
  readonly #maxKept: number;
  readonly #first = new Map<number, number>();
  readonly #last = new Map<number, number>();
  /** Errors beyond the bound. */
  dropped = 0;

  constructor(maxKept: number = MAX_ICMP_ERRORS_KEPT) {
    this.#maxKept = maxKept;
  }

  get isFull(): boolean {
    return this.#errors.length >= this.#maxKept;
  }

  /** `from`: the sender as a key word of the address table. The caller asks `isFull` first. */
  add(row: number, layer: IpLayer, from: number, record: number): void {
    const id = this.#errors.allocate();
    const at = (id & CHUNK_MASK) * WIDTH;
    const words = this.#errors.ints[id >>> CHUNK_SHIFT]!;
    words[at + RECORD] = record;
    words[at + TYPE] = layer.icmpType;
    words[at + CODE] = layer.icmpCode;
    words[at + FROM] = from;
    words[at + FROM_IS_VERSION_6] = layer.version === 6 ? 1 : 0;
    const last = this.#last.get(row);
    if (last === undefined) this.#first.set(row, id);
    else this.#errors.ints[last >>> CHUNK_SHIFT]![(last & CHUNK_MASK) * WIDTH + NEXT] = id + 1;
    this.#last.set(row, id);
  }

  has(row: number): boolean {
    return this.#first.has(row);
  }

  list(row: number, addresses: AddressTable): IcmpErrorRef[] {
    const refs: IcmpErrorRef[] = [];
    let id = this.#first.get(row) ?? -1;
    while (id >= 0) {
      const at = (id & CHUNK_MASK) * WIDTH;
      const words = this.#errors.ints[id >>> CHUNK_SHIFT]!;
      refs.push({
        record: words[at + RECORD]! >>> 0,
        type: words[at + TYPE]!,
        code: words[at + CODE]!,
        from: addresses.text(words[at + FROM]!, words[at + FROM_IS_VERSION_6] === 1),
      });
      id = words[at + NEXT]! - 1;
    }
    return refs;
  }
}
