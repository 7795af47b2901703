/**
 * Walks the nat table of one node the way netfilter does, looking for the rule that did a rewrite. Matches that the snapshot
 * cannot answer (statistic, sets, marks that may be there) are "maybe": the walk looks behind them but is not stopped by them.
 */
import { type Cidr, cidrContains, parseCidr } from "../address/cidr.ts";
import { type IpAddress, parseAddress } from "../address/ip-text.ts";
import type { IptablesRule, NodeState } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import { MAX_WALKED_RULES } from "../limits.ts";

export interface WalkedPacket {
  readonly protocol: string;
  readonly source: FlowEndpoint;
  readonly destination: FlowEndpoint;
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  /** Bits of its mark that may be set; left out when any may be. Bits that are not here are surely 0. */
  readonly possibleMark?: number;
}

type Answer = "yes" | "no" | "maybe";
/** Chains call chains: kube-proxy nests 5 deep, netfilter itself refuses loops. */
const MAX_CHAIN_DEPTH = 16;
const TERMINAL: ReadonlySet<string> = new Set([
  "ACCEPT",
  "DROP",
  "REJECT",
  "SNAT",
  "MASQUERADE",
  "DNAT",
  "REDIRECT",
  "NETMAP",
]);

/**
 * The rule that satisfies `isGoal` and decided; null when another rule decided before it, or when several may have and the
 * snapshot cannot say which.
 */
export function findNatRule(
  state: NodeState,
  chain: string,
  packet: WalkedPacket,
  isGoal: (rule: IptablesRule) => boolean,
): IptablesRule | null {
  const goals = new Set<IptablesRule>();
  walk(beginWalk(state, packet, isGoal, goals), chain, 0);
  const [only] = goals;
  return goals.size === 1 && only !== undefined ? only : null;
}

/**
 * Bits that may be set in the mark of a packet that came into this node as one of `arrivals`: those of every rule that it may
 * pass in the nat table before POSTROUTING, and of all rules of the other tables. Undefined (any bit) when the snapshot does not
 * have these chains. KUBE-POSTROUTING masquerades by such a bit (0x4000), so without it every SNAT would be kube-proxy's.
 */
export function possibleMark(
  state: NodeState,
  arrivals: readonly WalkedPacket[],
): number | undefined {
  if (!natChains(state).has("PREROUTING")) return undefined;
  let bits = 0;
  for (const rule of state.iptables) if (rule.table !== "nat") bits |= rule.setsMark ?? 0;
  const noteMark = (rule: IptablesRule): boolean => {
    bits |= rule.setsMark ?? 0;
    return false;
  };
  for (const packet of arrivals) {
    for (const hook of ["PREROUTING", "OUTPUT"])
      walk(beginWalk(state, packet, noteMark, new Set()), hook, 0);
  }
  return bits;
}

/** A rule with its CIDRs read; null: it has none. */
interface ReadRule {
  readonly rule: IptablesRule;
  readonly source: Cidr | null;
  readonly destination: Cidr | null;
}
type NatChains = ReadonlyMap<string, readonly ReadRule[]>;

/** Thousands of rewrites are explained by the same few tables, so each table is read once. */
const CHAINS_OF = new WeakMap<NodeState, NatChains>();

function natChains(state: NodeState): NatChains {
  const known = CHAINS_OF.get(state);
  if (known !== undefined) return known;
  const chains = new Map<string, ReadRule[]>();
  for (const rule of state.iptables) {
    if (rule.table !== "nat") continue;
    const read: ReadRule = {
      rule,
      source: rule.source === undefined ? null : parseCidr(rule.source.cidr),
      destination: rule.destination === undefined ? null : parseCidr(rule.destination.cidr),
    };
    const rules = chains.get(rule.chain);
    if (rules === undefined) chains.set(rule.chain, [read]);
    else rules.push(read);
  }
  CHAINS_OF.set(state, chains);
  return chains;
}

interface Walk {
  readonly chains: NatChains;
  readonly state: NodeState;
  readonly packet: WalkedPacket;
  readonly source: IpAddress | null;
  readonly destination: IpAddress | null;
  readonly isGoal: (rule: IptablesRule) => boolean;
  /** Rules that satisfy `isGoal` and may have been reached, in order. */
  readonly goals: Set<IptablesRule>;
  /** netfilter refuses loops; a damaged or hostile table may hold some, or chains that fan out without end. */
  rulesLeft: number;
}

function beginWalk(
  state: NodeState,
  packet: WalkedPacket,
  isGoal: Walk["isGoal"],
  goals: Set<IptablesRule>,
): Walk {
  return {
    chains: natChains(state),
    state,
    packet,
    source: parseAddress(packet.source.address),
    destination: parseAddress(packet.destination.address),
    isGoal,
    goals,
    rulesLeft: MAX_WALKED_RULES,
  };
}

/** What a chain did for sure: "decided" ended the table; "returned" went back to its caller, as far as is known. */
type Outcome = "decided" | "returned";

function walk(on: Walk, chain: string, depth: number): Outcome {
  if (depth > MAX_CHAIN_DEPTH) return "returned";
  let mayHaveReturned = false;
  for (const read of on.chains.get(chain) ?? []) {
    on.rulesLeft -= 1;
    if (on.rulesLeft < 0) return "decided";
    const { target } = read.rule;
    const answer = matches(read, on);
    if (answer === "no" || target === undefined) continue;
    if (target === "RETURN") {
      if (answer === "yes") return "returned";
      mayHaveReturned = true;
      continue;
    }
    // A rule that only may match decides nothing, but what it leads to may be the rule looked for.
    if (follow(on, read.rule, target, depth) === "decided" && answer === "yes")
      return mayHaveReturned ? "returned" : "decided";
  }
  return "returned";
}

function follow(on: Walk, rule: IptablesRule, target: string, depth: number): Outcome {
  if (on.isGoal(rule)) on.goals.add(rule);
  if (TERMINAL.has(target)) return "decided";
  return on.chains.has(target) ? walk(on, target, depth + 1) : "returned";
}

/** The cheapest and most telling matches first: most rules of a large table are another service's. */
function matches(read: ReadRule, on: Walk): Answer {
  const { rule } = read;
  const { packet, state } = on;
  const certain: readonly Answer[] = [
    addressAnswer(rule.destination, read.destination, on.destination),
    addressAnswer(rule.source, read.source, on.source),
    protocolAnswer(rule.protocol, packet.protocol),
    portAnswer(rule.destinationPort, packet.destination.port),
  ];
  if (certain.includes("no")) return "no";
  const answers: readonly Answer[] = [
    ...certain,
    familyAnswer(rule.family, on.source),
    interfaceAnswer(rule.inInterface, packet.inInterface),
    interfaceAnswer(rule.outInterface, packet.outInterface),
    portAnswer(rule.sourcePort, packet.source.port),
    localAnswer(rule.destinationType, packet.destination.address, state),
    localAnswer(rule.sourceType, packet.source.address, state),
    markAnswer(rule.mark, packet.possibleMark),
    rule.otherMatches.length === 0 ? "yes" : "maybe",
  ];
  if (answers.includes("no")) return "no";
  return answers.includes("maybe") ? "maybe" : "yes";
}

/** A listing does not always say that it is ip6tables'. */
function familyAnswer(family: IptablesRule["family"], source: IpAddress | null): Answer {
  if (source === null) return "maybe";
  if (family === undefined) return source.family === 4 ? "yes" : "maybe";
  return family === source.family ? "yes" : "no";
}

function answered(holds: boolean, negated: boolean): Answer {
  return holds === negated ? "no" : "yes";
}

function addressAnswer(
  match: IptablesRule["source"],
  cidr: Cidr | null,
  address: IpAddress | null,
): Answer {
  if (match === undefined) return "yes";
  if (cidr === null || address === null) return "maybe";
  return answered(cidrContains(cidr, address), match.negated);
}

function protocolAnswer(match: IptablesRule["protocol"], protocol: string): Answer {
  if (match === undefined || match.name === "all") return "yes";
  return answered(
    match.name === protocol || (match.name === "ipv6-icmp" && protocol === "icmpv6"),
    match.negated,
  );
}

/** "eni+" matches every name that begins with "eni". */
function interfaceAnswer(match: IptablesRule["inInterface"], name: string | null): Answer {
  if (match === undefined) return "yes";
  if (name === null) return "maybe";
  const holds = match.name.endsWith("+")
    ? name.startsWith(match.name.slice(0, -1))
    : name === match.name;
  return answered(holds, match.negated);
}

function portAnswer(match: IptablesRule["destinationPort"], port: number | null): Answer {
  if (match === undefined) return "yes";
  if (port === null) return "no";
  return answered(port >= match.first && port <= match.last, match.negated);
}

function localAnswer(
  match: IptablesRule["destinationType"],
  address: string,
  state: NodeState,
): Answer {
  if (match === undefined) return "yes";
  if (match.type !== "LOCAL" || state.interfaces.length === 0) return "maybe";
  return answered(
    state.interfaces.some((one) => one.addresses.includes(address)),
    match.negated,
  );
}

/** Only "no such bit can be set" is certain. */
function markAnswer(match: IptablesRule["mark"], possible: number | undefined): Answer {
  if (match === undefined) return "yes";
  if (possible === undefined || (possible & match.mask) !== 0) return "maybe";
  return answered(match.value === 0, match.negated);
}
