/**
 * Walks one netfilter table for one packet and gives every way it may end: a rule that the snapshot cannot decide (statistic,
 * sets, unknown marks) is both taken and passed, so what really happened is always among the outcomes.
 */

import type { IptablesRule } from "../cluster/snapshot.ts";
import { MAX_PREDICTED_OUTCOMES, MAX_WALKED_RULES } from "../limits.ts";
import type { CompiledChain, CompiledRule, NodeRules } from "./node-rules.ts";
import { applyMark, type Marks } from "./packet-mark.ts";
import { type MatchedPacket, matchRule, type ReadPacket, readPacket } from "./rule-match.ts";

/** How the packet left a table. */
export interface TableOutcome {
  readonly marks: Marks;
  /** The rule that ended the walk (DNAT, SNAT, MASQUERADE, ACCEPT, DROP ...); null when it passed all. */
  readonly decidedBy: IptablesRule | null;
  /** Rules on the way that changed a mark, and those of the CNI's SNAT chains that let the packet go. */
  readonly because: readonly IptablesRule[];
}

/** Chains call chains: kube-proxy nests 5 deep, netfilter itself refuses loops. */
const MAX_CHAIN_DEPTH = 16;
/** Targets that change nothing that is predicted and let the packet pass on. */
const PASSING: ReadonlySet<string> = new Set(
  "LOG NFLOG ULOG TRACE SET CT TOS DSCP TTL HL TCPMSS CLASSIFY CHECKSUM AUDIT RATEEST LED".split(
    " ",
  ),
);

/** Null when there are more outcomes or rules than limits.ts allows, or chains nest deeper than netfilter's do. */
export function walkTable(
  rules: NodeRules,
  table: string,
  chain: string,
  packet: MatchedPacket,
  marks: Marks,
): readonly TableOutcome[] | null {
  const family = packet.destination.address.includes(":") ? 6 : 4;
  const chains = rules.chains(table, family);
  if (!chains.has(chain)) return [{ marks, decidedBy: null, because: [] }];
  const walk: Walk = {
    rules,
    chains,
    packet: readPacket(packet),
    done: [],
    rulesLeft: MAX_WALKED_RULES,
  };
  try {
    const passed = walkChain(walk, chain, [{ marks, because: [] }], 0);
    return [...walk.done, ...passed.map((one) => ({ ...one, decidedBy: null }))];
  } catch (error) {
    if (error instanceof TooMany) return null;
    throw error;
  }
}

class TooMany extends Error {}

interface Path {
  readonly marks: Marks;
  readonly because: readonly IptablesRule[];
}

interface Walk {
  readonly rules: NodeRules;
  readonly chains: ReadonlyMap<string, CompiledChain>;
  readonly packet: ReadPacket;
  readonly done: TableOutcome[];
  /** netfilter refuses loops; a damaged or hostile table may hold some, or chains that fan out without end. */
  rulesLeft: number;
}

/** The paths that come out at the end of the chain (or by RETURN). */
function walkChain(on: Walk, name: string, entering: readonly Path[], depth: number): Path[] {
  if (depth > MAX_CHAIN_DEPTH) throw new TooMany();
  const { destination } = on.packet.packet;
  const chain = on.chains.get(name);
  const returned: Path[] = [];
  let here: Path[] = [...entering];
  for (const compiled of chain?.rulesFor(destination.address) ?? []) {
    on.rulesLeft -= 1;
    if (on.rulesLeft < 0) throw new TooMany();
    const staying: Path[] = [];
    const taken: Path[] = [];
    for (const path of here) {
      const answer = matchRule(compiled, on.packet, path.marks.mark, on.rules.localAddresses);
      if (answer !== "no") taken.push(withReason(path, compiled, true));
      if (answer !== "yes")
        staying.push(answer === "no" ? withReason(path, compiled, false) : path);
    }
    const { on: still, out } = follow(on, compiled, taken, depth);
    returned.push(...out);
    here = distinct([...staying, ...still]);
    if (here.length + returned.length + on.done.length > MAX_PREDICTED_OUTCOMES)
      throw new TooMany();
    if (here.length === 0) break;
  }
  return distinct([...returned, ...here]);
}

/** What becomes of paths that take a rule: they go on in this chain, or leave it. */
function follow(
  walk: Walk,
  { rule, markAction, goto }: CompiledRule,
  taken: readonly Path[],
  depth: number,
): { readonly on: readonly Path[]; readonly out: readonly Path[] } {
  const { target } = rule;
  if (target === undefined || PASSING.has(target) || taken.length === 0)
    return { on: taken, out: [] };
  if (target === "RETURN") return { on: [], out: taken };
  if (markAction !== null) {
    const on = taken.map((path) => ({ ...path, marks: applyMark(path.marks, markAction) }));
    return { on, out: [] };
  }
  if (walk.chains.has(target)) {
    const passed = walkChain(walk, target, taken, depth + 1);
    return goto ? { on: [], out: passed } : { on: passed, out: [] };
  }
  // A chain without rules shows only as a jump to it; targets are written in capitals, and kube-proxy's chains too.
  if (!isTerminal(target)) return { on: taken, out: [] };
  walk.done.push(...taken.map((path) => ({ ...path, decidedBy: rule })));
  return { on: [], out: [] };
}

const TERMINAL: ReadonlySet<string> = new Set(
  "ACCEPT DROP REJECT SNAT MASQUERADE DNAT REDIRECT NETMAP QUEUE NFQUEUE TPROXY SYNPROXY MARK CONNMARK".split(
    " ",
  ),
);

/** MARK and CONNMARK stand here only when their options could not be read: the caller then knows no more. */
function isTerminal(target: string): boolean {
  return TERMINAL.has(target);
}

/** Keeps the rules that a person would be shown: marks set, and what the CNI's SNAT chains said to the destination. */
function withReason(path: Path, { rule, markAction }: CompiledRule, matched: boolean): Path {
  const tells = matched
    ? markAction !== null || (rule.target === "RETURN" && rule.chain.startsWith("AWS-SNAT-CHAIN"))
    : rule.chain.startsWith("AWS-SNAT-CHAIN") && rule.destination?.negated === true;
  return tells ? { ...path, because: [...path.because, rule] } : path;
}

/** Paths that differ in nothing but the way are one. */
function distinct(paths: readonly Path[]): Path[] {
  if (paths.length < 2) return [...paths];
  const found = new Map<string, Path>();
  for (const path of paths) {
    const { mark, connmark } = path.marks;
    const key = `${mark.value}/${mark.known}/${connmark.value}/${connmark.known}`;
    if (!found.has(key)) found.set(key, path);
  }
  return [...found.values()];
}
