/**
 * Every upper bound of podpath in one table, so that no input decides how much memory, time or stack is used.
 * What happens at each bound is said beside it; nothing is ever cut without being counted and reported.
 */

/** Bytes of one captured packet. Larger is damage: libpcap's MAXIMUM_SNAPLEN. */
export const MAX_CAPTURED_LENGTH = 262_144;
/** Bytes of one pcapng block (libpcap starts at 16 MiB). Larger ends the section as damaged. */
export const MAX_PCAPNG_BLOCK_LENGTH = 16 * 1024 * 1024;
/** Interfaces of one pcapng file; more are read but share the last index. */
export const MAX_INTERFACES = 65_536;
/** Bytes of names and comments kept of one capture file; more are counted, not kept. */
export const MAX_CAPTURE_TEXT_BYTES = 1024 * 1024;
/** IP headers in one packet (1 = no tunnel). Deeper: stop code TooDeep, the layers so far are used. */
export const MAX_IP_LAYERS = 8;
/** VLAN tags in a row. More: stop code TooDeep. */
export const MAX_VLAN_TAGS = 8;
/** IPv6 extension headers in a row. More: stop code TooDeep. */
export const MAX_IPV6_EXTENSIONS = 16;
/** MPLS labels in a row. More: stop code TooDeep. */
export const MAX_MPLS_LABELS = 16;
/** IPv4/IPv6 datagrams whose first fragment is remembered to give ports to the others; oldest are forgotten first. */
export const MAX_FRAGMENTED_DATAGRAMS = 16_384;
/** Rows of the flow table. More are folded: counted under `flow-table-full`, never dropped in silence. */
export const MAX_FLOWS = 4_000_000;
/** Distinct places (interface, direction and MAC of SLL, VLAN) in one analysis. More share the last one. */
export const MAX_TAPS = 65_535;
/** Fingerprints of a datagram flow kept per direction, for joining across NAT. */
export const FINGERPRINTS_PER_DIRECTION = 4;
/** Payload bytes that a fingerprint covers; snaplen 96 still leaves the headers' worth of it. */
export const FINGERPRINT_BYTES = 64;
/** ICMP errors whose quoted packet is kept as evidence. More are counted only. */
export const MAX_ICMP_ERRORS_KEPT = 65_536;
/** Bytes of one snapshot file. */
export const MAX_SNAPSHOT_FILE_BYTES = 256 * 1024 * 1024;
