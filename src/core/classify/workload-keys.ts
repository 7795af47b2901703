/** Names of workloads, and addresses where nobody has a name, as numbers: equal where `workloadOf` gives equal texts. */
import { plainIpv4Word } from "../address/ip-text.ts";
import type { Owner } from "../cluster/owner.ts";
import { workloadOf } from "./subject.ts";

/** Above all IPv4 addresses. */
const FIRST_TEXT = 2 ** 32;

export class WorkloadKeys {
  readonly #texts = new Map<string, number>();
  readonly #ofOwner = new Map<Owner, number>();

  /** Of the text of a workload or an address. An IPv4 address is its own number. */
  ofText(text: string): number {
    const word = plainIpv4Word(text);
    if (word !== null) return word >>> 0;
    let number = this.#texts.get(text);
    if (number === undefined) {
      number = FIRST_TEXT + this.#texts.size;
      this.#texts.set(text, number);
    }
    return number;
  }

  /**
   * The same without making a text of an IPv4 address that has no name.
   * @param text the address as text; asked for only where it must be
   */
  of(owner: Owner, address: number, isVersion6: boolean, text: () => string): number {
    if (owner.kind !== "pod" && owner.name === undefined)
      return isVersion6 ? this.ofText(text()) : address >>> 0;
    let number = this.#ofOwner.get(owner);
    if (number === undefined) {
      // The owner has a name, so that the address does not matter.
      number = this.ofText(workloadOf(owner, ""));
      this.#ofOwner.set(owner, number);
    }
    return number;
  }
}
