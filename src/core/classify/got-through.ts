/** Whether workloads that fail to talk succeed at other times: what separates a broken path from a broken moment. */
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { type WorkloadPair, writePair } from "./finding-group.ts";
import type { Members } from "./members.ts";
import type { FindingLevel, RuleContext } from "./rule.ts";
import { Trait } from "./traits.ts";

const SEED = 0x5bd1e995;
/** Bits of the sieve: 2 MiB, which stay near the processor however many connections failed. */
const SIEVE_BITS = 24;

/** "error" when no connection of the pair to the same port got through, else "warning"; asked of pairs of `failed`. */
export function levelBySuccess(
  failed: Members,
  context: RuleContext,
): (pair: WorkloadPair) => FindingLevel {
  const succeeded = new WordTupleTable(4, SEED);
  if (failed.length > 0) {
    const sieve = new Sieve();
    for (const index of failed.indexes) sieve.add(write(succeeded.key, failed, index));
    const answered = context.having({ all: Trait.GotThrough });
    // Only those are kept that may be of a pair and port that failed.
    for (const index of answered.indexes)
      if (sieve.has(write(succeeded.key, answered, index))) succeeded.intern();
  }
  return ({ members }) => {
    for (const index of succeeded.size === 0 ? NONE : members.indexes) {
      write(succeeded.key, members, index);
      if (succeeded.find() >= 0) return "warning";
    }
    return "error";
  };
}

const NONE = new Int32Array();

/** Writes who talked to whom at which port; the key itself. */
function write(key: Int32Array, members: Members, index: number): Int32Array {
  writePair(key, members.workloadPair(index));
  key[3] = members.respPort(index) ?? -1;
  return key;
}

/** Says of a key that it was added, or rarely that one was which was not. */
class Sieve {
  readonly #bits = new Int32Array(2 ** (SIEVE_BITS - 5));

  add(key: Int32Array): void {
    const bit = bitOf(key);
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  has(key: Int32Array): boolean {
    const bit = bitOf(key);
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}

function bitOf(key: Int32Array): number {
  let hash = SEED;
  for (const word of key) {
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash, 0x85ebca77) >>> (32 - SIEVE_BITS);
}
