/** Whether two addresses of the VPC lie in two availability zones: slower by a little, and charged for in both directions. */
import { parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import { PrefixTable } from "../address/prefix-table.ts";
import type { SubnetEntry } from "../cluster/snapshot.ts";
import { statement } from "./evidence.ts";
import type { Evidence } from "./rule.ts";

/** Subnets by prefix, made once for each list: it is asked for each connection. Null: two subnets claim the prefix. */
const TABLES = new WeakMap<readonly SubnetEntry[], PrefixTable<SubnetEntry | null>>();

/** One sentence when the subnets of both addresses are known with their zones, and the zones differ; none otherwise. */
export function crossedZoneEvidence(
  from: string,
  to: string,
  subnets: readonly SubnetEntry[],
): Evidence[] {
  const [near, far] = [subnetOf(from, subnets), subnetOf(to, subnets)];
  if (near?.zone === undefined || far?.zone === undefined || near.zone === far.zone) return [];
  return [
    statement(
      `it crosses zones: ${from} is in ${near.id} (${near.zone}), ${to} in ${far.id} (${far.zone})`,
      [],
      [near.ref, far.ref],
    ),
  ];
}

function subnetOf(text: string, subnets: readonly SubnetEntry[]): SubnetEntry | null {
  if (subnets.length === 0) return null;
  let table = TABLES.get(subnets);
  if (table === undefined) {
    table = tableOf(subnets);
    TABLES.set(subnets, table);
  }
  const address = parseAddress(text);
  return address === null ? null : table.lookup(address);
}

/** Subnets of two VPCs may have the same addresses; then the address does not tell which is meant. */
function tableOf(subnets: readonly SubnetEntry[]): PrefixTable<SubnetEntry | null> {
  const byCidr = new Map<string, SubnetEntry | null>();
  for (const subnet of subnets)
    for (const text of subnet.cidrs) byCidr.set(text, byCidr.has(text) ? null : subnet);
  const table = new PrefixTable<SubnetEntry | null>();
  for (const [text, subnet] of byCidr) {
    const cidr = parseCidr(text);
    if (cidr !== null) table.insert(cidr, subnet);
  }
  return table;
}
