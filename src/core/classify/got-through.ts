/** Whether workloads that fail to talk succeed at other times: what separates a broken path from a broken moment. */
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { type WorkloadPair, writePair } from "./finding-group.ts";
import type { Members } from "./members.ts";
import type { FindingLevel, RuleContext } from "./rule.ts";
import { Trait } from "./traits.ts";

const SEED = 0x5bd1e995;

/** "error" when no connection of the pair to the same port got through, else "warning"; asked of pairs of `failed`. */
export function levelBySuccess(
  failed: Members,
  context: RuleContext,
): (pair: WorkloadPair) => FindingLevel {
  const keys = new WordTupleTable(4, SEED);
  const find = (members: Members, index: number): void => {
    writePair(keys.key, members.workloadPair(index));
    keys.key[3] = members.respPort(index) ?? -1;
  };
  const ports = new Set<number | null>();
  for (const index of failed.indexes) {
    find(failed, index);
    keys.intern();
    ports.add(failed.respPort(index));
  }
  const succeeded = new Uint8Array(keys.size);
  if (failed.length > 0) {
    const answered = context.having({ all: Trait.GotThrough });
    for (const index of answered.indexes) {
      if (!ports.has(answered.respPort(index))) continue;
      find(answered, index);
      const key = keys.find();
      if (key >= 0) succeeded[key] = 1;
    }
  }
  return ({ members }) => {
    for (const index of members.indexes) {
      find(members, index);
      if (succeeded[keys.find()] === 1) return "warning";
    }
    return "error";
  };
}
