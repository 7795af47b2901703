/** `ip rule`, `ip route show table all` and `ip neigh`, as text and with `-j`. */
import { parseCidr } from "../address/cidr.ts";
import { parseMac } from "../address/ip-text.ts";
import type { JsonDocument } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { PolicyRule, RouteEntry, SnapshotRef } from "./snapshot.ts";
import { canonicalAddress, jsonRef, type ReadContext, skipEntry } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

/** Words of a line as "keyword value" pairs; a keyword's last value wins. */
function keywords(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let i = 0; i + 1 < words.length; i++) {
    const word = words[i] ?? "";
    if (KEYWORDS.has(word)) {
      found.set(word, words[i + 1] ?? "");
      i += 1;
    }
  }
  return found;
}
const KEYWORDS: ReadonlySet<string> = new Set(
  "from to fwmark iif oif lookup table via dev src lladdr metric proto scope nhid mtu pref".split(
    " ",
  ),
);

/** Canonical address, or canonical CIDR for anything wider; undefined for "all". */
function selector(text: string | undefined): string | undefined {
  if (text === undefined || text === "all") return undefined;
  return canonicalAddress(text) ?? hostOrCidr(text);
}

function hostOrCidr(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr === null) return undefined;
  const host = cidr.family === 4 ? 32 : 128;
  return cidr.prefixLength === host ? cidr.text.slice(0, cidr.text.indexOf("/")) : cidr.text;
}

export function readIpRuleText(context: ReadContext, lines: readonly TextLine[]): void {
  for (const line of lines) {
    const ref = { file: context.file, line: line.number };
    const match = /^(\d{1,10}):\s+(not )?(.*)$/.exec(line.text);
    const [, priority, negated, rest = ""] = match ?? [];
    if (priority === undefined) continue;
    const words = keywords(rest.split(/\s+/));
    // Rules without a table say "unreachable", "blackhole", "goto 100" ... as their last words.
    const table = words.get("lookup") ?? words.get("table") ?? "";
    pushRule(context, words, {
      priority: Number(priority),
      table,
      negated: negated !== undefined,
      text: line.text.trim(),
      ref,
    });
  }
}

type RuleBasics = Pick<PolicyRule, "priority" | "table" | "text" | "ref"> & { negated: boolean };

function pushRule(context: ReadContext, words: Map<string, string>, basics: RuleBasics): void {
  const { negated, ...told } = basics;
  const from = selector(words.get("from"));
  const to = selector(words.get("to"));
  const fwmark = words.get("fwmark");
  const iif = words.get("iif");
  context.parts.nodeFile(context.file).rules.push({
    ...told,
    ...(negated && { negated }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(fwmark !== undefined && { fwmark }),
    ...(iif !== undefined && { iif }),
  });
}

export function readIpRuleJson(context: ReadContext, document: JsonDocument): void {
  for (const rule of document.root.items()) {
    const priority = rule.number("priority");
    if (priority === undefined) continue;
    const words = new Map<string, string>();
    for (const [keyword, member] of [
      ["from", "src"],
      ["to", "dst"],
      ["iif", "iif"],
    ] as const) {
      const value = rule.string(member);
      const length = rule.number(`${member}len`);
      if (value !== undefined)
        words.set(keyword, length === undefined ? value : `${value}/${length}`);
    }
    const mark = rule.string("fwmark");
    const mask = rule.string("fwmask");
    if (mark !== undefined) words.set("fwmark", mask === undefined ? mark : `${mark}/${mask}`);
    const table = rule.string("table") ?? "";
    const negated = rule.has("not");
    const text = ruleText(priority, negated, words, table);
    const ref = jsonRef(context.file, document, rule);
    pushRule(context, words, { priority, table, negated, text, ref });
  }
}

/** As `ip rule` prints it, so that both forms of one rule read alike. */
function ruleText(
  priority: number,
  negated: boolean,
  words: Map<string, string>,
  table: string,
): string {
  const rest = [...words].filter(([keyword]) => keyword !== "from");
  const selectors = rest.map(([keyword, value]) => ` ${keyword} ${value}`).join("");
  const from = words.get("from") ?? "all";
  return `${priority}:\t${negated ? "not " : ""}from ${from}${selectors} lookup ${table}`;
}

const ROUTE_TYPES: ReadonlySet<string> = new Set(
  "unicast local broadcast multicast anycast blackhole unreachable prohibit throw nat".split(" "),
);

export function readIpRouteText(context: ReadContext, lines: readonly TextLine[]): void {
  let multipath: { words: Map<string, string>; type: string; destination: string } | null = null;
  for (const line of lines) {
    const text = line.text.trim();
    const ref = { file: context.file, line: line.number };
    const words = text.split(/\s+/);
    if (words[0] === "nexthop") {
      if (multipath === null) continue;
      const { type, destination } = multipath;
      const merged = new Map([...multipath.words, ...keywords(words)]);
      pushRoute(context, { type, destination, words: merged, text, ref });
      continue;
    }
    const type = ROUTE_TYPES.has(words[0] ?? "") ? (words.shift() ?? "") : "unicast";
    const destination = words.shift() ?? "";
    const rest = keywords(words.filter((word) => word !== "inet6" && word !== "inet"));
    multipath = { words: rest, type, destination };
    // The first line of a multipath route has no device; its next hops follow on lines of their own.
    if (rest.has("dev") || rest.has("via") || type !== "unicast") {
      pushRoute(context, { type, destination, words: rest, text, ref });
    }
  }
}

interface RouteDraft {
  readonly type: string;
  readonly destination: string;
  readonly words: ReadonlyMap<string, string>;
  readonly text: string;
  readonly ref: SnapshotRef;
}

function pushRoute(context: ReadContext, draft: RouteDraft): void {
  const { type, words, text, ref } = draft;
  const via = canonicalAddress(words.get("via"));
  const source = canonicalAddress(words.get("src"));
  const isIpv6 = via?.includes(":") === true || source?.includes(":") === true;
  const destination = routeDestination(draft.destination, isIpv6, text);
  if (destination === undefined) {
    skipEntry(context, ref, `"${draft.destination.slice(0, 64)}" is no route's destination`);
    return;
  }
  const device = words.get("dev");
  const route: RouteEntry = {
    destination,
    type,
    ...(via !== undefined && { via }),
    ...(device !== undefined && { device }),
    ...(source !== undefined && { source }),
    table: words.get("table") ?? "main",
    text,
    ref,
  };
  context.parts.nodeFile(context.file).routes.push(route);
}

/** "default" has no family of its own: its next hop tells, or the `pref` that only IPv6 routes print. */
function routeDestination(told: string, isIpv6: boolean, text: string): string | undefined {
  if (told === "default")
    return isIpv6 || /\bpref (?:low|medium|high)\b/.test(text) ? "::/0" : "0.0.0.0/0";
  return canonicalAddress(told) ?? parseCidr(told)?.text;
}

export function readIpRouteJson(context: ReadContext, document: JsonDocument): void {
  for (const route of document.root.items()) {
    const destination = route.string("dst");
    if (destination === undefined) continue;
    const ref = jsonRef(context.file, document, route);
    const type = route.string("type") ?? "unicast";
    const hops = route.get("nexthops").items();
    for (const hop of hops.length === 0 ? [route] : hops) {
      const words = routeWords(route, hop);
      const text = `${type === "unicast" ? "" : `${type} `}${destination}${[...words]
        .map(([keyword, value]) => ` ${keyword} ${value}`)
        .join("")}`;
      pushRoute(context, { type, destination, words, text, ref });
    }
  }
}

/** Text keyword by JSON member; a next hop's own value goes before the route's. */
const ROUTE_MEMBERS = [
  ["via", "gateway"],
  ["dev", "dev"],
  ["table", "table"],
  ["proto", "protocol"],
  ["scope", "scope"],
  ["src", "prefsrc"],
  ["metric", "metric"],
  ["pref", "pref"],
] as const;

function routeWords(route: JsonValue, hop: JsonValue): Map<string, string> {
  const words = new Map<string, string>();
  for (const [keyword, member] of ROUTE_MEMBERS) {
    const value = hop.get(member).raw ?? route.get(member).raw;
    if (typeof value === "string" || typeof value === "number") words.set(keyword, String(value));
  }
  const via = hop.string("via", "host") ?? route.string("via", "host");
  if (via !== undefined) words.set("via", via);
  return words;
}

export function readIpNeighText(context: ReadContext, lines: readonly TextLine[]): void {
  for (const line of lines) {
    const words = line.text.trim().split(/\s+/);
    const found = keywords(words);
    const address = canonicalAddress(words[0]);
    const device = found.get("dev");
    if (address === undefined || device === undefined) continue;
    const ref = { file: context.file, line: line.number };
    pushNeighbour(context, address, device, found.get("lladdr"), ref);
  }
}

export function readIpNeighJson(context: ReadContext, document: JsonDocument): void {
  for (const entry of document.root.items()) {
    const address = canonicalAddress(entry.string("dst"));
    const device = entry.string("dev");
    if (address === undefined || device === undefined) continue;
    const ref = jsonRef(context.file, document, entry);
    pushNeighbour(context, address, device, entry.string("lladdr"), ref);
  }
}

function pushNeighbour(
  context: ReadContext,
  address: string,
  device: string,
  lladdr: string | undefined,
  ref: SnapshotRef,
): void {
  const mac = parseMac(lladdr ?? "");
  const entry = { address, device, ...(mac !== null && { mac }), ref };
  context.parts.nodeFile(context.file).neighbours.push(entry);
}
