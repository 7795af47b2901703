/** All command output of one node in one place; text and `-j` forms of the same thing are one entry. */
import { mergeConntrack } from "./from-conntrack.ts";
import type {
  IptablesRule,
  NeighbourEntry,
  NodeInterface,
  NodeState,
  PolicyRule,
  RouteEntry,
} from "./snapshot.ts";
import type { NodeFile } from "./snapshot-parts.ts";

export function mergeNodeState(node: string | null, files: readonly NodeFile[]): NodeState {
  return {
    node,
    interfaces: mergeInterfaces(files.flatMap((file) => file.interfaces)),
    rules: firstOfEach(
      files.flatMap((file) => file.rules),
      ruleKey,
    ),
    routes: firstOfEach(
      files.flatMap((file) => file.routes),
      routeKey,
    ),
    neighbours: firstOfEach(
      files.flatMap((file) => file.neighbours),
      neighbourKey,
    ),
    iptables: mergeIptables(files.map((file) => file.iptables)),
    conntrack: mergeConntrack(files.flatMap((file) => file.conntrack)),
  };
}

function firstOfEach<T>(entries: readonly T[], keyOf: (entry: T) => string): T[] {
  const found = new Map<string, T>();
  for (const entry of entries) {
    const key = keyOf(entry);
    if (!found.has(key)) found.set(key, entry);
  }
  return [...found.values()];
}

function ruleKey({ priority, negated, from, to, fwmark, iif, table }: PolicyRule): string {
  return [priority, negated === true, from, to, fwmark, iif, table].join("|");
}

function routeKey({ table, type, destination, device, via, source }: RouteEntry): string {
  return [table, type, destination, device, via, source].join("|");
}

function neighbourKey({ address, device }: NeighbourEntry): string {
  return `${address}|${device}`;
}

/** By name: `ip -br` shows no index. What one form does not show is taken from the other. */
function mergeInterfaces(interfaces: readonly NodeInterface[]): NodeInterface[] {
  const found = new Map<string, NodeInterface>();
  for (const one of interfaces) {
    const known = found.get(one.name);
    if (known === undefined) {
      found.set(one.name, one);
      continue;
    }
    found.set(one.name, {
      ...one,
      ...known,
      index: known.index === 0 ? one.index : known.index,
      addresses: [...new Set([...known.addresses, ...one.addresses])],
    });
  }
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/**
 * Each table once, from the file that shows most of it: `iptables-save` and `iptables -t nat -S` of one node list the same nat
 * rules, and mixing them would break their order.
 */
function mergeIptables(lists: readonly (readonly IptablesRule[])[]): IptablesRule[] {
  const best = new Map<string, readonly IptablesRule[]>();
  for (const rules of lists) {
    const tables = new Map<string, IptablesRule[]>();
    for (const rule of rules) {
      const key = `${rule.table}|${rule.family ?? 4}`;
      const table = tables.get(key);
      if (table === undefined) tables.set(key, [rule]);
      else table.push(rule);
    }
    for (const [key, table] of tables) {
      if (table.length > (best.get(key)?.length ?? 0)) best.set(key, table);
    }
  }
  return [...best.values()].flat();
}
