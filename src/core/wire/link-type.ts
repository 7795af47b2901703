/** LINKTYPE_ values (https://www.tcpdump.org/linktypes.html): what the first bytes of a record are. */
import { UNREADABLE_NAMES } from "./unreadable-link-type.ts";

export const LinkType = {
  Null: 0,
  Ethernet: 1,
  Ppp: 9,
  /** DLT_RAW of most systems, and of OpenBSD, written by programs that do not map them to LINKTYPE_RAW. */
  RawDlt: 12,
  RawDltOpenBsd: 14,
  PppHdlc: 50,
  PppEther: 51,
  Raw: 101,
  CiscoHdlc: 104,
  Loop: 108,
  LinuxSll: 113,
  PppWithDirection: 204,
  Mpls: 219,
  Ipv4: 228,
  Ipv6: 229,
  Nflog: 239,
  LinuxSll2: 276,
} as const;

/** Names without their LINKTYPE_ prefix. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [LinkType.Null, "NULL"],
  [LinkType.Ethernet, "ETHERNET"],
  [LinkType.Ppp, "PPP"],
  [LinkType.RawDlt, "RAW"],
  [LinkType.RawDltOpenBsd, "RAW"],
  [LinkType.PppHdlc, "PPP_HDLC"],
  [LinkType.PppEther, "PPP_ETHER"],
  [LinkType.Raw, "RAW"],
  [LinkType.CiscoHdlc, "C_HDLC"],
  [LinkType.Loop, "LOOP"],
  [LinkType.LinuxSll, "LINUX_SLL"],
  [LinkType.PppWithDirection, "PPP_WITH_DIR"],
  [LinkType.Mpls, "MPLS"],
  [LinkType.Ipv4, "IPV4"],
  [LinkType.Ipv6, "IPV6"],
  [LinkType.Nflog, "NFLOG"],
  [LinkType.LinuxSll2, "LINUX_SLL2"],
]);

const READABLE: ReadonlySet<number> = new Set(Object.values(LinkType));

/** Whether podpath decodes records of this link type. */
export function isReadableLinkType(linkType: number): boolean {
  return READABLE.has(linkType);
}

/** "ETHERNET", "LINUX_SLL2", ...; "LINKTYPE_20000" for values that have no name. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? UNREADABLE_NAMES.get(linkType) ?? `LINKTYPE_${linkType}`;
}
