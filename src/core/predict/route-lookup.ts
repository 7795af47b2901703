/** Which interface a packet leaves by: `ip rule` in order of priority, then the most specific route of each table (ip-rule(8)). */
import { cidrContains } from "../address/cidr.ts";
import { type IpAddress, parseAddress } from "../address/ip-text.ts";
import type { PolicyRule, RouteEntry } from "../cluster/snapshot.ts";
import {
  type Answer,
  asksForOutput,
  bestRoutes,
  both,
  type NodeRules,
  type RoutingRule,
} from "./node-rules.ts";
import { type Mark, markAnswer } from "./packet-mark.ts";

export interface RoutedPacket {
  readonly source: string;
  readonly destination: string;
  readonly mark: Mark;
  /** Null when not known; empty for the node's own packets, which `iif lo` matches. */
  readonly inInterfaces: readonly string[] | null;
}

export interface RouteChoice {
  readonly rule: PolicyRule;
  readonly route: RouteEntry;
}

/** Every route that may be taken (more than one where marks are unknown or next hops share a prefix); null: cannot tell. */
export function lookUpRoute(rules: NodeRules, packet: RoutedPacket): readonly RouteChoice[] | null {
  const source = parseAddress(packet.source);
  const destination = parseAddress(packet.destination);
  if (source === null || destination === null) return null;
  if (!rules.routedFamilies.has(destination.family)) return null;
  const found: RouteChoice[] = [];
  for (const rule of rules.routing) {
    const answer = ruleAnswer(rule, packet, source, destination);
    if (answer === "no") continue;
    if (rule.unread) return null;
    const routes = bestRoutes(rules, rule.entry.table, destination).filter(
      (one) => one.entry.type !== "throw",
    );
    found.push(...routes.map((one) => ({ rule: rule.entry, route: one.entry })));
    if (routes.length > 0 && answer === "yes") return found;
  }
  return found.length === 0 ? null : found;
}

function ruleAnswer(
  rule: RoutingRule,
  packet: RoutedPacket,
  source: IpAddress,
  destination: IpAddress,
): Answer {
  if (asksForOutput(rule)) return "no";
  const { entry, from, to, fwmark } = rule;
  let so: Answer = "yes";
  if (from !== null && !cidrContains(from, source)) so = "no";
  if (to !== null && !cidrContains(to, destination)) so = "no";
  if (fwmark !== null) so = both(so, markAnswer(packet.mark, fwmark.value, fwmark.mask));
  if (entry.iif !== undefined) so = both(so, inputAnswer(entry.iif, packet.inInterfaces));
  if (entry.negated !== true) return so;
  return so === "maybe" ? "maybe" : so === "yes" ? "no" : "yes";
}

function inputAnswer(name: string, names: readonly string[] | null): Answer {
  if (names === null) return "maybe";
  if (names.length === 0) return name === "lo" ? "yes" : "no";
  if (!names.includes(name)) return "no";
  return names.length === 1 ? "yes" : "maybe";
}
