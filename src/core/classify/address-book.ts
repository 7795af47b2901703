/**
 * What rules can tell of an address, as a number: two addresses with the same number are the same to every path rule. There are few
 * such numbers beside the cluster's own addresses, however many addresses a capture has.
 */
import type { Owner, OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { isLocalMulticast } from "./local-multicast.ts";
import { isPrivateAddress } from "./private-address.ts";

const SEED = 0x5bd1e995;
/** The owner is another one at another time: nothing is to be remembered of it. */
export const CHANGES_HANDS = -1;

/** What is told of an address beside its owner. */
const IN_VPC = 1;
const PRIVATE = 2;
const LOCAL_GROUP = 4;
const VERSION_6 = 8;
const FLAGS = 16;

export class AddressBook {
  readonly #rows: RowColumns;
  readonly #owners: OwnerIndex;
  readonly #targets: ReadonlySet<string | undefined>;
  readonly #addresses = new WordTupleTable(2, SEED);
  /** By address: its number. */
  #numbers = new Int32Array(1024);
  readonly #byFacts = new Map<number | string, number>();
  readonly #ownerNumbers = new Map<Owner, number>();
  /** By number. */
  readonly #ownerOf: Owner[] = [];

  constructor(rows: RowColumns, owners: OwnerIndex, snapshot: ClusterSnapshot) {
    this.#rows = rows;
    this.#owners = owners;
    this.#targets = new Set(snapshot.targets.map(({ address }) => address));
  }

  /** CHANGES_HANDS, or the number of the address of a row (RowColumns.addressA, addressB). */
  number(address: number, isVersion6: boolean): number {
    const table = this.#addresses;
    table.key[0] = isVersion6 ? 6 : 4;
    table.key[1] = address;
    const known = table.find();
    if (known >= 0) return this.#numbers[known] ?? CHANGES_HANDS;
    const at = table.intern();
    if (at >= this.#numbers.length) {
      const numbers = new Int32Array(this.#numbers.length * 2);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    const number = this.#look(this.#rows.addressText(address, isVersion6));
    this.#numbers[at] = number;
    return number;
  }

  /** The owner of every address with this number. */
  owner(number: number): Owner | undefined {
    return this.#ownerOf[number];
  }

  #look(address: string): number {
    if (this.#owners.changesHands(address)) return CHANGES_HANDS;
    const owner = this.#owners.resolve(address);
    let ownerNumber = this.#ownerNumbers.get(owner);
    if (ownerNumber === undefined) {
      ownerNumber = this.#ownerNumbers.size;
      this.#ownerNumbers.set(owner, ownerNumber);
    }
    const flags =
      (this.#owners.inVpc(address) ? IN_VPC : 0) |
      (isPrivateAddress(address) ? PRIVATE : 0) |
      (isLocalMulticast(address) ? LOCAL_GROUP : 0) |
      (address.includes(":") ? VERSION_6 : 0);
    const told = ownerNumber * FLAGS + flags;
    // A registered target is asked for by its address.
    const facts = this.#targets.has(address) ? `${told} ${address}` : told;
    let number = this.#byFacts.get(facts);
    if (number === undefined) {
      number = this.#ownerOf.length;
      this.#byFacts.set(facts, number);
      this.#ownerOf.push(owner);
    }
    return number;
  }
}
