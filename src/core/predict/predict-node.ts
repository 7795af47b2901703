/**
 * One packet through one node: PREROUTING or OUTPUT, the routing decision, POSTROUTING, in the order of the kernel's hooks
 * (netfilter: mangle -150, nat dstnat -100, nat srcnat 100).
 */
import { parseAddress } from "../address/ip-text.ts";
import type { CniSettings, IptablesRule } from "../cluster/snapshot.ts";
import type { NodeRules } from "./node-rules.ts";
import { type Mark, type Marks, NO_MARK } from "./packet-mark.ts";
import type { PredictedRewrite, PredictedStep } from "./predicted-path.ts";
import { lookUpRoute, type RouteChoice } from "./route-lookup.ts";
import type { PacketEnd } from "./rule-match.ts";
import { type TableOutcome, walkTable } from "./walk-table.ts";

export interface NodePacket {
  readonly protocol: string;
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  /** Interfaces it may have come in by; empty when a process of the node sends it; null when nothing is known. */
  readonly inInterfaces: readonly string[] | null;
}

export interface NodeOutcome {
  readonly destination: PacketEnd;
  /** Null: not rewritten. */
  readonly newSource: string | null;
  readonly nat: readonly PredictedRewrite[];
  readonly device: string | null;
  readonly delivered: boolean;
  readonly because: readonly PredictedStep[];
}

/** Why a node's part cannot be told. */
export interface CannotTell {
  readonly cannotTell: string;
}

export function predictAtNode(
  rules: NodeRules,
  packet: NodePacket,
  cni: CniSettings,
): readonly NodeOutcome[] | CannotTell {
  const family = packet.destination.address.includes(":") ? 6 : 4;
  const own = packet.inInterfaces !== null && packet.inInterfaces.length === 0;
  const hook = own ? "OUTPUT" : "PREROUTING";
  // `iptables -t nat -S POSTROUTING` lists one chain: what the others do is not known then.
  const missing = [hook, "POSTROUTING"].find((name) => !rules.chains("nat", family).has(name));
  if (missing !== undefined) return { cannotTell: `no rules of ${missing} in the snapshot` };
  const entering = { ...packet, outInterfaces: null };
  const start: Marks = { mark: initialMark(rules, cni, own), connmark: NO_MARK };
  const mangled = walkTable(rules, "mangle", hook, entering, start);
  const outcomes: NodeOutcome[] = [];
  for (const before of mangled ?? []) {
    const translated = walkTable(rules, "nat", hook, entering, before.marks);
    if (translated === null) return TOO_MANY;
    for (const dnat of translated) {
      const next = behindDnat(rules, packet, dnat, own);
      if ("cannotTell" in next) return next;
      outcomes.push(...next);
      if (outcomes.length > MOST_OUTCOMES) return TOO_MANY;
    }
  }
  return mangled === null ? TOO_MANY : outcomes;
}

const MOST_OUTCOMES = 4_096;
const TOO_MANY: CannotTell = { cannotTell: "the rules leave too many ways open" };

/**
 * The CNI's 0x80 is set by iptables, or since v1.23 by an nftables table that iptables-save does not show. When rules route by
 * a mark that no iptables rule sets, its bits are unknown; external SNAT removes the rules that set it.
 */
function initialMark(rules: NodeRules, cni: CniSettings, own: boolean): Mark {
  if (own || cni.externalSnat === true) return NO_MARK;
  const routed = rules.routing.reduce((bits, { fwmark }) => bits | (fwmark?.mask ?? 0), 0);
  return { value: 0, known: ~(routed & ~rules.marksSet) >>> 0 };
}

function behindDnat(
  rules: NodeRules,
  packet: NodePacket,
  outcome: TableOutcome,
  own: boolean,
): readonly NodeOutcome[] | CannotTell {
  const { decidedBy } = outcome;
  let destination = packet.destination;
  const nat: PredictedRewrite[] = [];
  if (decidedBy !== null && decidedBy.target !== "ACCEPT") {
    const to = decidedBy.target === "DNAT" ? newDestination(decidedBy, destination) : null;
    if (to === null)
      return { cannotTell: `${decidedBy.target ?? ""} by \`${decidedBy.text}\` is not predicted` };
    destination = to;
    nat.push({ kind: "dnat", rule: decidedBy.text, ref: decidedBy.ref });
  }
  const because = outcome.because.filter((rule) => rule.target === "MARK").map(ruleStep);
  const draft = { destination, newSource: null, nat, device: null, because };
  if (rules.localAddresses.has(destination.address)) return [{ ...draft, delivered: true }];
  const routes = lookUpRoute(rules, {
    source: packet.source.address,
    destination: destination.address,
    mark: outcome.marks.mark,
    inInterfaces: own ? [] : packet.inInterfaces,
  });
  const found: NodeOutcome[] = [];
  for (const choice of routes ?? [null]) {
    if (choice?.route.type === "local") {
      found.push({ ...draft, delivered: true });
      continue;
    }
    if (choice !== null && choice.route.type !== "unicast")
      return { cannotTell: `\`${choice.route.text}\` drops the packet` };
    const device = choice?.route.device ?? null;
    const routed = { ...draft, because: [...because, ...routeSteps(choice)] };
    const left = behindRouting(rules, packet, { ...routed, device, delivered: false }, outcome);
    if ("cannotTell" in left) return left;
    found.push(...left);
  }
  return found;
}

function behindRouting(
  rules: NodeRules,
  packet: NodePacket,
  draft: NodeOutcome,
  before: TableOutcome,
): readonly NodeOutcome[] | CannotTell {
  const leaving = {
    protocol: packet.protocol,
    source: packet.source,
    destination: draft.destination,
    // Chains behind POSTROUTING may not ask for the input interface (iptables(8)).
    inInterfaces: null,
    outInterfaces: draft.device === null ? interfaceNames(rules) : [draft.device],
  };
  const translated = walkTable(rules, "nat", "POSTROUTING", leaving, before.marks);
  if (translated === null) return TOO_MANY;
  const found: NodeOutcome[] = [];
  for (const { decidedBy, because } of translated) {
    const reasons = because
      .filter((rule) => rule.chain.startsWith("AWS-SNAT"))
      .map((rule) => spares(rule, rules));
    if (decidedBy === null || decidedBy.target === "ACCEPT") {
      found.push({ ...draft, because: [...draft.because, ...reasons] });
      continue;
    }
    const sources = sourcesOf(decidedBy, rules, draft);
    if (sources.length === 0)
      return { cannotTell: `${decidedBy.target ?? ""} by \`${decidedBy.text}\` is not predicted` };
    const snat = { kind: "snat" as const, rule: decidedBy.text, ref: decidedBy.ref };
    const nat = [...draft.nat, snat];
    found.push(...sources.map((newSource) => ({ ...draft, newSource, nat })));
  }
  return found;
}

/** Without routes it is one of the node's interfaces all the same. */
function interfaceNames({ state }: NodeRules): readonly string[] | null {
  const names = state.interfaces.map(({ name }) => name).filter((name) => name !== "lo");
  return names.length === 0 ? null : names;
}

/** "10.0.1.5:8080", "10.0.1.5", "[2001:db8::5]:8080", ":8080"; ranges are not one destination. */
function newDestination(rule: IptablesRule, before: PacketEnd): PacketEnd | null {
  const told = /^(?:\[([0-9a-f:.]+)\]|([0-9a-f.]+|[0-9a-f:]*:[0-9a-f:]+(?=$)))?(?::(\d+))?$/i.exec(
    rule.toDestination ?? "",
  );
  if (told === null || rule.toDestination === undefined) return null;
  const address = parseAddress(told[1] ?? told[2] ?? "")?.text ?? told[1] ?? told[2];
  if (address !== undefined && parseAddress(address) === null) return null;
  return {
    address: address ?? before.address,
    port: told[3] === undefined ? before.port : Number(told[3]),
  };
}

/**
 * The addresses that the source may get; none when it cannot be told. MASQUERADE takes an address of the output interface, or
 * of another one when that has none, as a pod's veth (nf_nat_masquerade.c; inet_select_addr of net/ipv4/devinet.c).
 */
function sourcesOf(rule: IptablesRule, { state }: NodeRules, to: NodeOutcome): readonly string[] {
  if (rule.target === "SNAT") {
    const told = /^\[?([0-9a-f.:]+?)\]?(?::\d+(?:-\d+)?)?$/i.exec(rule.toSource ?? "")?.[1];
    const address = told === undefined ? null : parseAddress(told);
    return address === null ? [] : [address.text];
  }
  if (rule.target !== "MASQUERADE") return [];
  const isIpv6 = to.destination.address.includes(":");
  const usable = (addresses: readonly string[]): string[] =>
    addresses.filter((one) => one.includes(":") === isIpv6 && !/^(?:127\.|::1$|fe80:)/.test(one));
  const onDevice = state.interfaces.find(({ name }) => name === to.device)?.addresses ?? [];
  if (usable(onDevice).length > 0) return usable(onDevice);
  return usable(state.interfaces.flatMap(({ addresses }) => addresses));
}

function ruleStep(rule: IptablesRule): PredictedStep {
  return { text: `iptables rule \`${rule.text}\` marks the packet`, refs: [rule.ref] };
}

function spares(rule: IptablesRule, { state }: NodeRules): PredictedStep {
  const of = state.node === null ? "" : ` of ${state.node}`;
  return { text: `iptables rule \`${rule.text}\`${of} leaves the source alone`, refs: [rule.ref] };
}

/** "ip rule 1536: from 10.0.1.21 lookup 2 → table 2: default via 10.0.1.1 dev eth1". */
function routeSteps(choice: RouteChoice | null): PredictedStep[] {
  if (choice === null) return [];
  const { rule, route } = choice;
  const way = route.text.replace(/ table \S+/, "");
  const text = `ip rule ${rule.text.replace(/\s+/g, " ")} → table ${route.table}: ${way}`;
  return [{ text, refs: [rule.ref, route.ref] }];
}
