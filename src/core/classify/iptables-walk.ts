/**
 * Walks the nat table of one node the way netfilter does, looking for the rule that did a rewrite. Matches that the snapshot
 * cannot answer (statistic, sets, marks that may be there) are "maybe": the walk looks behind them but is not stopped by them.
 */
import { cidrContains, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import type { IptablesRule, NodeState } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";

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

/** The first rule reachable from `chain` that satisfies `isGoal`; null when another rule would have decided before it. */
export function findNatRule(
  state: NodeState,
  chain: string,
  packet: WalkedPacket,
  isGoal: (rule: IptablesRule) => boolean,
): IptablesRule | null {
  const found = walk({ chains: natChains(state), state, packet, isGoal }, chain, 0);
  return found === "stopped" || found === "passed" ? null : found;
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
  const chains = natChains(state);
  if (!chains.has("PREROUTING")) return undefined;
  let bits = 0;
  for (const rule of state.iptables) if (rule.table !== "nat") bits |= rule.setsMark ?? 0;
  const noteMark = (rule: IptablesRule): boolean => {
    bits |= rule.setsMark ?? 0;
    return false;
  };
  for (const packet of arrivals) {
    for (const hook of ["PREROUTING", "OUTPUT"])
      walk({ chains, state, packet, isGoal: noteMark }, hook, 0);
  }
  return bits;
}

function natChains(state: NodeState): ReadonlyMap<string, readonly IptablesRule[]> {
  const chains = new Map<string, IptablesRule[]>();
  for (const rule of state.iptables) {
    if (rule.table !== "nat") continue;
    const rules = chains.get(rule.chain);
    if (rules === undefined) chains.set(rule.chain, [rule]);
    else rules.push(rule);
  }
  return chains;
}

interface Walk {
  readonly chains: ReadonlyMap<string, readonly IptablesRule[]>;
  readonly state: NodeState;
  readonly packet: WalkedPacket;
  readonly isGoal: (rule: IptablesRule) => boolean;
}

/** "passed": the chain let the packet through; "stopped": another rule decided. */
type Outcome = IptablesRule | "stopped" | "passed";

function walk(on: Walk, chain: string, depth: number): Outcome {
  if (depth > MAX_CHAIN_DEPTH) return "passed";
  for (const rule of on.chains.get(chain) ?? []) {
    const answer = matches(rule, on);
    if (answer === "no" || rule.target === undefined) continue;
    if (rule.target === "RETURN" && answer === "yes") return "passed";
    const outcome = follow(on, rule, rule.target, depth);
    // A rule that only may match decides nothing, but what it leads to may be the rule looked for.
    if (outcome === "stopped" && answer === "yes") return "stopped";
    if (outcome !== "stopped" && outcome !== "passed") return outcome;
  }
  return "passed";
}

function follow(on: Walk, rule: IptablesRule, target: string, depth: number): Outcome {
  if (on.isGoal(rule)) return rule;
  if (TERMINAL.has(target)) return "stopped";
  return on.chains.has(target) ? walk(on, target, depth + 1) : "passed";
}

function matches(rule: IptablesRule, { packet, state }: Walk): Answer {
  const answers: Answer[] = [
    addressAnswer(rule.source, packet.source.address),
    addressAnswer(rule.destination, packet.destination.address),
    protocolAnswer(rule.protocol, packet.protocol),
    interfaceAnswer(rule.inInterface, packet.inInterface),
    interfaceAnswer(rule.outInterface, packet.outInterface),
    portAnswer(rule.sourcePort, packet.source.port),
    portAnswer(rule.destinationPort, packet.destination.port),
    localAnswer(rule.destinationType, packet.destination.address, state),
    localAnswer(rule.sourceType, packet.source.address, state),
    markAnswer(rule.mark, packet.possibleMark),
    rule.otherMatches.length === 0 ? "yes" : "maybe",
  ];
  if (answers.includes("no")) return "no";
  return answers.includes("maybe") ? "maybe" : "yes";
}

function answered(holds: boolean, negated: boolean): Answer {
  return holds === negated ? "no" : "yes";
}

function addressAnswer(match: IptablesRule["source"], address: string): Answer {
  if (match === undefined) return "yes";
  const cidr = parseCidr(match.cidr);
  const ip = parseAddress(address);
  if (cidr === null || ip === null) return "maybe";
  return answered(cidrContains(cidr, ip), match.negated);
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
