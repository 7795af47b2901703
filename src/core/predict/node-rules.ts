/** The tables of one node, read once: chains with their matches parsed, `ip rule` in its order, routes by table. */
import { type Cidr, cidrContains, makeCidr, parseCidr } from "../address/cidr.ts";
import { type IpAddress, parseAddress } from "../address/ip-text.ts";
import type { IptablesRule, NodeState, PolicyRule, RouteEntry } from "../cluster/snapshot.ts";
import { type Answer, type MarkAction, parseMarkAction } from "./packet-mark.ts";

export type { Answer } from "./packet-mark.ts";

/** A match on an address. `cidr` null: what the rule says is no CIDR. */
export interface AddressMatch {
  readonly negated: boolean;
  readonly cidr: Cidr | null;
}

export interface CompiledRule {
  readonly rule: IptablesRule;
  readonly source: AddressMatch | null;
  readonly destination: AddressMatch | null;
  /** Matches that do not depend on the packet: `maybe` for statistic, sets and other unknown ones; state NEW is `yes`. */
  readonly others: Answer;
  readonly markAction: MarkAction | null;
  /** `-g`: the chain's end is the end of this chain too. */
  readonly goto: boolean;
}

export class CompiledChain {
  readonly #byDestination = new Map<string, { order: number; rule: CompiledRule }[]>();
  readonly #general: { order: number; rule: CompiledRule }[] = [];
  #count = 0;

  add(rule: CompiledRule): void {
    const entry = { order: this.#count, rule };
    this.#count += 1;
    const only = rule.destination;
    // kube-proxy writes one rule a ClusterIP: thousands of which at most a few are about one packet.
    if (only?.cidr == null || only.negated || !isHost(only.cidr)) this.#general.push(entry);
    else {
      const address = only.cidr.text.slice(0, only.cidr.text.indexOf("/"));
      const known = this.#byDestination.get(address);
      if (known === undefined) this.#byDestination.set(address, [entry]);
      else known.push(entry);
    }
  }

  /** In the order of the chain; rules for one other destination are left out. */
  rulesFor(destination: string): CompiledRule[] {
    const exact = this.#byDestination.get(destination);
    const all =
      exact === undefined
        ? this.#general
        : [...this.#general, ...exact].sort((x, y) => x.order - y.order);
    return all.map(({ rule }) => rule);
  }
}

function isHost(cidr: Cidr): boolean {
  return cidr.prefixLength === (cidr.family === 4 ? 32 : 128);
}

export interface RoutingRule {
  readonly entry: PolicyRule;
  readonly from: Cidr | null;
  readonly to: Cidr | null;
  readonly fwmark: { readonly value: number; readonly mask: number } | null;
  /** The rule asks for something that is not evaluated (ports, user ids ...). */
  readonly unread: boolean;
}

export interface Route {
  readonly entry: RouteEntry;
  readonly destination: Cidr;
  readonly metric: number;
}

export interface NodeRules {
  readonly state: NodeState;
  readonly localAddresses: ReadonlySet<string>;
  /** The chains of a table by name; empty when no rule of it is known. */
  chains(table: string, family: 4 | 6): ReadonlyMap<string, CompiledChain>;
  /** Bits that rules of the nat table may set in a packet's or a connection's mark. */
  readonly marksSet: number;
  /** Some rule asks for a source port. */
  readonly asksSourcePort: boolean;
  readonly routing: readonly RoutingRule[];
  /**
   * Families whose `ip rule` is known: `ip rule` lists IPv4's and `ip -6 rule` IPv6's, and only a rule with an address tells
   * which of them a snapshot holds.
   */
  readonly routedFamilies: ReadonlySet<4 | 6>;
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

export function compileNodeRules(state: NodeState): NodeRules {
  const tables = new Map<string, Map<string, CompiledChain>>();
  for (const rule of state.iptables) {
    const key = `${rule.table}|${rule.family ?? 4}`;
    const chains = tables.get(key) ?? new Map<string, CompiledChain>();
    tables.set(key, chains);
    const chain = chains.get(rule.chain) ?? new CompiledChain();
    chains.set(rule.chain, chain);
    chain.add(compileRule(rule));
  }
  const routing = [...state.rules].sort((x, y) => x.priority - y.priority).map(compileRouting);
  return {
    state,
    localAddresses: new Set(state.interfaces.flatMap((one) => one.addresses)),
    chains: (table, family) => tables.get(`${table}|${family}`) ?? NO_CHAINS,
    marksSet: state.iptables.reduce(
      (bits, { table, setsMark = 0 }) => (table === "nat" ? bits | setsMark : bits),
      0,
    ),
    asksSourcePort: state.iptables.some((rule) => rule.sourcePort !== undefined),
    routing,
    routedFamilies: routedFamilies(routing),
    routes: compileRoutes(state.routes),
  };
}

const NO_CHAINS: ReadonlyMap<string, CompiledChain> = new Map();

function routedFamilies(routing: readonly RoutingRule[]): Set<4 | 6> {
  const told = routing.flatMap(({ from, to }) => [from, to].flatMap((one) => one?.family ?? []));
  return new Set(told.length === 0 && routing.length > 0 ? [4] : told);
}

function compileRule(rule: IptablesRule): CompiledRule {
  const { target, text } = rule;
  return {
    rule,
    source: addressMatch(rule.source),
    destination: addressMatch(rule.destination),
    others: rule.otherMatches.reduce<Answer>(
      (so, name) => both(so, otherAnswer(name, text)),
      "yes",
    ),
    markAction: target === "MARK" || target === "CONNMARK" ? parseMarkAction(target, text) : null,
    goto: /\s(?:-g|--goto)\s/.test(text),
  };
}

function addressMatch(told: IptablesRule["source"]): AddressMatch | null {
  return told === undefined ? null : { negated: told.negated, cidr: parseCidr(told.cidr) };
}

export function both(x: Answer, y: Answer): Answer {
  if (x === "no" || y === "no") return "no";
  return x === "maybe" || y === "maybe" ? "maybe" : "yes";
}

/** The packet predicted is the first of its conversation, so its connection-tracking state is NEW. */
function otherAnswer(name: string, text: string): Answer {
  if (name !== "state" && name !== "conntrack") return "maybe";
  const told = /(! )?--(?:ct)?state (\S+)/.exec(text);
  if (told === null) return "maybe";
  // Further options of the match (--ctproto, --ctorigdst ...) are not read.
  if (/--ct(?!state\b)\w+/.test(text)) return "maybe";
  return (told[2] ?? "").split(",").includes("NEW") === (told[1] === undefined) ? "yes" : "no";
}

/** Selectors of `ip rule` beyond from, to, fwmark and iif (ip-rule(8)). */
const UNREAD = /\b(?:uidrange|ipproto|sport|dport|tos|dsfield|goto|tun_id|suppress_\w+)\b/;
/** They ask for a device that a forwarded packet does not have yet. */
const NEVER = /\b(?:oif|l3mdev)\b/;

function compileRouting(entry: PolicyRule): RoutingRule {
  const mark = entry.fwmark === undefined ? null : markSelector(entry.fwmark);
  return {
    entry,
    from: hostOrCidr(entry.from),
    to: hostOrCidr(entry.to),
    fwmark: mark,
    unread:
      UNREAD.test(entry.text) ||
      (entry.fwmark !== undefined && mark === null) ||
      (entry.table === "" && !NEVER.test(entry.text)),
  };
}

/** Whether the rule can never match a packet that has no output device yet. */
export function asksForOutput({ entry }: RoutingRule): boolean {
  return NEVER.test(entry.text);
}

function markSelector(text: string): { value: number; mask: number } | null {
  const [value, mask] = text.split("/").map(Number);
  if (value === undefined || Number.isNaN(value) || Number.isNaN(mask ?? 0)) return null;
  return { value, mask: mask ?? 0xffffffff };
}

function hostOrCidr(text: string | undefined): Cidr | null {
  if (text === undefined) return null;
  const cidr = parseCidr(text);
  if (cidr !== null) return cidr;
  const address = parseAddress(text);
  return address === null ? null : makeCidr(address, address.family === 4 ? 32 : 128);
}

/** Most specific first; of equal prefixes the lowest metric first. */
function compileRoutes(entries: readonly RouteEntry[]): Map<string, Route[]> {
  const tables = new Map<string, Route[]>();
  for (const entry of entries) {
    const destination = hostOrCidr(entry.destination);
    if (destination === null) continue;
    const metric = Number(/\bmetric (\d+)/.exec(entry.text)?.[1] ?? 0);
    const table = tables.get(entry.table);
    if (table === undefined) tables.set(entry.table, [{ entry, destination, metric }]);
    else table.push({ entry, destination, metric });
  }
  for (const table of tables.values()) {
    table.sort(
      (x, y) => y.destination.prefixLength - x.destination.prefixLength || x.metric - y.metric,
    );
  }
  return tables;
}

/** The best routes of a table: more than one only when several next hops share prefix and metric. */
export function bestRoutes(rules: NodeRules, table: string, address: IpAddress): readonly Route[] {
  const routes = rules.routes.get(table) ?? [];
  const first = routes.find((one) => cidrContains(one.destination, address));
  if (first === undefined) return [];
  return routes.filter(
    (one) => one.destination.text === first.destination.text && one.metric === first.metric,
  );
}
