/** Ethertypes (IEEE 802 numbers, IANA registry) that podpath reads. */
export const EtherType = {
  Ipv4: 0x0800,
  Arp: 0x0806,
  /** Transparent Ethernet bridging: an Ethernet frame follows (RFC 1701, RFC 8926). */
  Ethernet: 0x6558,
  /** 802.1Q C-tag, 802.1ad S-tag, and the number that QinQ used before the standard. */
  Vlan: 0x8100,
  VlanService: 0x88a8,
  VlanLegacy: 0x9100,
  Ipv6: 0x86dd,
  MplsUnicast: 0x8847,
  MplsMulticast: 0x8848,
  PppoeSession: 0x8864,
  /** Network Service Header (RFC 8300 section 12.1). */
  Nsh: 0x894f,
  /** ERSPAN types I and II, and type III. */
  ErspanII: 0x88be,
  ErspanIII: 0x22eb,
} as const;

/** Values below are lengths of an 802.3 frame (IEEE 802.3 clause 3.2.6). */
export const MIN_ETHER_TYPE = 0x0600;
