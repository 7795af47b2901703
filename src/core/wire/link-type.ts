/** LINKTYPE_ values (https://www.tcpdump.org/linktypes.html): what the first bytes of a record are. */
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
  Ipv4: 228,
  Ipv6: 229,
  Nflog: 239,
  LinuxSll2: 276,
} as const;

/** Names without their LINKTYPE_ prefix; also of some that podpath cannot read, so that a report can say what it met. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [LinkType.Null, "NULL"],
  [LinkType.Ethernet, "ETHERNET"],
  [6, "IEEE802_5"],
  [8, "SLIP"],
  [LinkType.Ppp, "PPP"],
  [10, "FDDI"],
  [LinkType.RawDlt, "RAW"],
  [LinkType.RawDltOpenBsd, "RAW"],
  [LinkType.PppHdlc, "PPP_HDLC"],
  [LinkType.PppEther, "PPP_ETHER"],
  [100, "ATM_RFC1483"],
  [LinkType.Raw, "RAW"],
  [LinkType.CiscoHdlc, "C_HDLC"],
  [105, "IEEE802_11"],
  [107, "FRELAY"],
  [LinkType.Loop, "LOOP"],
  [LinkType.LinuxSll, "LINUX_SLL"],
  [117, "PFLOG"],
  [119, "IEEE802_11_PRISM"],
  [127, "IEEE802_11_RADIOTAP"],
  [187, "BLUETOOTH_HCI_H4"],
  [189, "USB_LINUX"],
  [192, "PPI"],
  [LinkType.PppWithDirection, "PPP_WITH_DIR"],
  [220, "USB_LINUX_MMAPPED"],
  [LinkType.Ipv4, "IPV4"],
  [LinkType.Ipv6, "IPV6"],
  [LinkType.Nflog, "NFLOG"],
  [249, "USBPCAP"],
  [253, "NETLINK"],
  [LinkType.LinuxSll2, "LINUX_SLL2"],
]);

/** "ETHERNET", "LINUX_SLL2", ...; "LINKTYPE_147" for values without a name here. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `LINKTYPE_${linkType}`;
}
