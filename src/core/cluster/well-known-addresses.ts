/** Addresses that mean the same in every cluster, whatever the snapshot says. */
import { parseCidr } from "../address/cidr.ts";
import type { PrefixTable } from "../address/prefix-table.ts";
import type { Owner } from "./owner.ts";

/** CIDR, kind, name. Longer prefixes go before shorter ones in a look-up, so the order here is free. */
const WELL_KNOWN: readonly (readonly [string, Owner["kind"], string?])[] = [
  // EC2 user guide: instance metadata, time sync, the VPC resolver; EKS user guide: Pod Identity agent.
  ["169.254.169.254/32", "link-local", "IMDS"],
  ["fd00:ec2::254/128", "link-local", "IMDS"],
  ["169.254.169.123/32", "link-local", "Time Sync"],
  ["fd00:ec2::123/128", "link-local", "Time Sync"],
  ["169.254.170.23/32", "link-local", "Pod Identity"],
  ["fd00:ec2::23/128", "link-local", "Pod Identity"],
  ["169.254.169.253/32", "link-local", "VPC resolver"],
  ["fd00:ec2::253/128", "link-local", "VPC resolver"],
  ["169.254.20.10/32", "link-local", "NodeLocal DNS"],
  // VPC CNI: the gateway that pods route to, and the ranges that pods of the other family egress from.
  ["169.254.1.1/32", "link-local", "pod gateway"],
  ["169.254.172.0/22", "link-local", "pod egress"],
  ["fd00::ac:0/118", "link-local", "pod egress"],
  ["169.254.0.0/16", "link-local"],
  ["fd00:ec2::/32", "link-local"],
  ["fe80::/10", "link-local"],
  ["127.0.0.0/8", "loopback"],
  ["::1/128", "loopback"],
  ["0.0.0.0/8", "special"],
  ["224.0.0.0/4", "special"],
  ["240.0.0.0/4", "special"],
  ["::/128", "special"],
  ["ff00::/8", "special"],
];

export function insertWellKnown(table: PrefixTable<Owner>): void {
  for (const [text, kind, name] of WELL_KNOWN) {
    const cidr = parseCidr(text);
    if (cidr !== null) table.insert(cidr, { kind, ...(name !== undefined && { name }) });
  }
}
