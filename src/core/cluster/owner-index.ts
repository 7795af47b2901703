/** Who owns an address or a MAC address, answered from everything that the snapshot says (eks-traffic.md 6.9). */
import { type Cidr, parseCidr } from "../address/cidr.ts";
import { parseAddress, parseMac } from "../address/ip-text.ts";
import { PrefixTable } from "../address/prefix-table.ts";
import { addFixedOwners, addPublicAddresses, prefixOwners } from "./address-owners.ts";
import { buildMacOwners } from "./mac-owners.ts";
import type { MacOwner, Owner, OwnerIndex } from "./owner.ts";
import { addPods, type PodClaims } from "./pod-owners.ts";
import type { CidrEntry, ClusterSnapshot } from "./snapshot.ts";
import { insertWellKnown } from "./well-known-addresses.ts";

const EXTERNAL: Owner = { kind: "external" };

export function buildOwnerIndex(snapshot: ClusterSnapshot): OwnerIndex {
  const prefixes = buildPrefixes(snapshot);
  const owners = new Map<string, Owner>();
  addFixedOwners(snapshot, owners);
  const claims = addPods(snapshot, owners);
  addPublicAddresses(snapshot, owners);
  return new AddressIndex(owners, claims, prefixes, vpcTable(snapshot), buildMacOwners(snapshot));
}

/** Later insertions replace earlier ones of the same CIDR, so the stronger claim is inserted later. */
function buildPrefixes(snapshot: ClusterSnapshot): PrefixTable<Owner> {
  const table = new PrefixTable<Owner>();
  insertWellKnown(table);
  const insert = (text: string, owner: Owner): void => {
    const cidr = parseCidr(text);
    if (cidr !== null) table.insert(cidr, owner);
  };
  for (const { text, ref } of snapshot.peerCidrs) insert(text, { kind: "peer", ref });
  for (const { text, ref } of snapshot.serviceCidrs) insert(text, { kind: "service", ref });
  for (const { text, ref } of snapshot.vpcCidrs) insert(text, { kind: "vpc", ref });
  for (const { text, owner } of prefixOwners(snapshot)) insert(text, owner);
  return table;
}

function vpcTable(snapshot: ClusterSnapshot): PrefixTable<CidrEntry> {
  const table = new PrefixTable<CidrEntry>();
  for (const entry of snapshot.vpcCidrs) {
    const cidr: Cidr | null = parseCidr(entry.text);
    if (cidr !== null) table.insert(cidr, entry);
  }
  return table;
}

class AddressIndex implements OwnerIndex {
  readonly #owners: ReadonlyMap<string, Owner>;
  readonly #claims: ReadonlyMap<string, PodClaims>;
  readonly #prefixes: PrefixTable<Owner>;
  readonly #vpc: PrefixTable<CidrEntry>;
  readonly #macs: ReadonlyMap<string, MacOwner>;

  constructor(
    owners: ReadonlyMap<string, Owner>,
    claims: ReadonlyMap<string, PodClaims>,
    prefixes: PrefixTable<Owner>,
    vpc: PrefixTable<CidrEntry>,
    macs: ReadonlyMap<string, MacOwner>,
  ) {
    this.#owners = owners;
    this.#claims = claims;
    this.#prefixes = prefixes;
    this.#vpc = vpc;
    this.#macs = macs;
  }

  resolve(address: string, atNs?: bigint): Owner {
    const known = this.#exact(address, atNs);
    if (known !== null) return known;
    const parsed = parseAddress(address);
    if (parsed === null) return EXTERNAL;
    // The text may be another spelling of a known address.
    const respelled = parsed.text === address ? null : this.#exact(parsed.text, atNs);
    return respelled ?? this.#prefixes.lookup(parsed) ?? EXTERNAL;
  }

  changesHands(address: string): boolean {
    if (this.#claims.size === 0) return false;
    if (this.#claims.has(address)) return true;
    const text = parseAddress(address)?.text;
    return text !== undefined && this.#claims.has(text);
  }

  #exact(address: string, atNs: bigint | undefined): Owner | null {
    if (atNs !== undefined) {
      const owner = this.#claims.get(address)?.ownerAt(atNs);
      if (owner !== undefined && owner !== null) return owner;
    }
    return this.#owners.get(address) ?? null;
  }

  inVpc(address: string): boolean {
    return this.vpcCidrOf(address) !== null;
  }

  vpcCidrOf(address: string): CidrEntry | null {
    const parsed = parseAddress(address);
    return parsed === null ? null : this.#vpc.lookup(parsed);
  }

  ownerOfMac(mac: string): MacOwner | null {
    return this.#macs.get(mac) ?? this.#macs.get(parseMac(mac) ?? "") ?? null;
  }
}
