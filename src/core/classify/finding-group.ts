/** Groups connections that show the same fault between the same workloads, so that a finding is one thing to act on. */
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { MAX_FINDINGS_PER_RULE } from "../limits.ts";
import type { Members } from "./members.ts";
import type { Classified, FindingMatch } from "./rule.ts";
import { firstLeg, lastLeg, workloadOf } from "./subject.ts";

export interface WorkloadPair {
  /** "default/Deployment/web → 203.0.113.9": the same over runs, so addresses only where nothing has a name. */
  readonly identity: string;
  readonly members: Members;
}

const SEED = 0x5bd1e995;
/** Bits that tell a number above 2^32 from one below. */
const ORIG_IS_TEXT = 1;
const RESP_IS_TEXT = 2;

/** In the order in which the pairs appear first. */
export function byWorkloadPair(members: Members): WorkloadPair[] {
  const { indexes, starts } = sortByPair(members);
  return Array.from({ length: starts.length - 1 }, (_, pair) =>
    pairOfMembers(members.of(indexes.subarray(starts[pair], starts[pair + 1]))),
  );
}

function pairOfMembers(members: Members): WorkloadPair {
  const [first] = members.head(1);
  return { identity: first === undefined ? "" : pairOf(first), members };
}

/** The members of one pair together: those of pair n from `starts[n]` up to `starts[n + 1]`. */
function sortByPair(members: Members): { indexes: Int32Array; starts: Int32Array } {
  const pairs = new WordTupleTable(3, SEED);
  const pairOfPosition = new Int32Array(members.length);
  for (const [position, index] of members.indexes.entries()) {
    writePair(pairs.key, members.workloadPair(index));
    pairOfPosition[position] = pairs.intern();
  }
  const starts = new Int32Array(pairs.size + 1);
  for (const pair of pairOfPosition) starts[pair + 1] = (starts[pair + 1] ?? 0) + 1;
  for (let pair = 0; pair < pairs.size; pair++)
    starts[pair + 1] = (starts[pair + 1] ?? 0) + (starts[pair] ?? 0);
  const next = starts.slice();
  const indexes = new Int32Array(members.length);
  for (const [position, pair] of pairOfPosition.entries()) {
    const at = next[pair] ?? 0;
    indexes[at] = members.indexes[position] ?? 0;
    next[pair] = at + 1;
  }
  return { indexes, starts };
}

/** Three words of a key: which two workloads. */
export function writePair(key: Int32Array, [orig, resp]: readonly [number, number]): void {
  key[0] = (orig >= 2 ** 32 ? ORIG_IS_TEXT : 0) | (resp >= 2 ** 32 ? RESP_IS_TEXT : 0);
  key[1] = orig | 0;
  key[2] = resp | 0;
}

/** "default/Deployment/web → 203.0.113.9". */
function pairOf({ subject }: Classified): string {
  const orig = workloadOf(subject.orig, firstLeg(subject.connection).orig.address);
  const resp = workloadOf(subject.resp, lastLeg(subject.connection).resp.address);
  return `${orig} → ${resp}`;
}

export function indexes(members: readonly Classified[]): number[] {
  return members.map((one) => one.subject.connection.index);
}

/** "1 connection", "3 connections". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One finding for each pair of workloads; a scan of a network's addresses is one finding, not a thousand. */
export function perWorkloadPair(
  members: Members,
  describe: (pair: WorkloadPair) => Omit<FindingMatch, "connections" | "identity">,
): FindingMatch[] {
  const sorted = sortByPair(members);
  const named = Math.min(sorted.starts.length - 1, MAX_FINDINGS_PER_RULE);
  const matches: FindingMatch[] = [];
  const tell = (pair: WorkloadPair): void => {
    const { indexes: connections } = pair.members;
    matches.push({ ...describe(pair), connections, identity: pair.identity });
  };
  for (let pair = 0; pair < named; pair++) {
    const own = sorted.indexes.subarray(sorted.starts[pair], sorted.starts[pair + 1]);
    tell(pairOfMembers(members.of(own)));
  }
  const further = sorted.indexes.subarray(sorted.starts[named]);
  if (further.length > 0)
    tell({ identity: "further pairs of workloads", members: members.of(further) });
  return matches;
}
