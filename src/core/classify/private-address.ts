/** Addresses that reach a VPC only through a private network: peering, VPN, Direct Connect, transit gateway. */
import { type Cidr, cidrContains, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";

/** RFC 1918, RFC 6598 (shared address space) and RFC 4193 (unique local). */
const PRIVATE: readonly Cidr[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
].flatMap((text) => parseCidr(text) ?? []);

/** Never a test for "inside": VPCs use public ranges too. It only says that no public client has this address. */
export function isPrivateAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== null && PRIVATE.some((cidr) => cidrContains(cidr, address));
}
