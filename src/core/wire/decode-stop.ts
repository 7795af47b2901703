/** Why and where decoding of a packet ended early (after etherparse's LenError): layer, offset, needed, present, decided by. */
export const DecodeStop = {
  None: 0,
  /** Fewer captured bytes than the header needs. With length source Captured this is the snaplen, not a lie. */
  Truncated: 1,
  /** A length or version field contradicts the header it stands in. */
  Malformed: 2,
  /** A bound of limits.ts was reached. */
  TooDeep: 3,
  /** A protocol that podpath does not decode; ordinary, not damage. */
  Unsupported: 4,
} as const;
export type DecodeStopCode = (typeof DecodeStop)[keyof typeof DecodeStop];

/** The layer that could not be read. */
export const Layer = {
  Link: 0,
  Vlan: 1,
  Arp: 2,
  Ipv4: 3,
  Ipv6: 4,
  Ipv6Extension: 5,
  Tcp: 6,
  Udp: 7,
  Icmp: 8,
  Sctp: 9,
  Vxlan: 10,
  Geneve: 11,
  Gre: 12,
  Quoted: 13,
  Mpls: 14,
  Pppoe: 15,
  Esp: 16,
  WireGuard: 17,
  Nsh: 18,
  /** Not a header but what would say which one comes first. */
  LinkType: 19,
} as const;
export type LayerCode = (typeof Layer)[keyof typeof Layer];

/** Names for messages, by LayerCode. */
export const LAYER_NAMES = [
  "link header",
  "VLAN tag",
  "ARP",
  "IPv4 header",
  "IPv6 header",
  "IPv6 extension header",
  "TCP header",
  "UDP header",
  "ICMP header",
  "SCTP header",
  "VXLAN header",
  "Geneve header",
  "GRE header",
  "quoted packet",
  "MPLS label",
  "PPPoE header",
  "ESP header",
  "WireGuard header",
  "NSH header",
  "link type",
] as const;

/** Which field decided how many bytes there are. */
export const LengthSource = {
  Captured: 0,
  Ipv4TotalLength: 1,
  Ipv6PayloadLength: 2,
  UdpLength: 3,
  HeaderLength: 4,
} as const;
export type LengthSourceCode = (typeof LengthSource)[keyof typeof LengthSource];
