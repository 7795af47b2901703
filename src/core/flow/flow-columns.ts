/** Where the fields of a flow's row lie in its RecordStore: signed 32-bit words, then the forward direction. */

/** Tap of an untunnelled flow, or tunnel context (context-table.ts). */
export const ROW_CONTEXT = 0;
/** Protocol, IP version, whether there are ports (flow-key.ts). */
export const ROW_KIND = 1;
/** IPv4 address word, or number of an IPv6 address (address-table.ts). `a` sent the first packet. */
export const ROW_ADDRESS_A = 2;
export const ROW_ADDRESS_B = 3;
/** Port of `a` in the high half, of `b` in the low half. */
export const ROW_PORTS = 4;
/** Row of the tunnel's outer flow, -1 outside tunnels. */
export const ROW_OUTER = 5;
/** Direction b -> a + 1; 0 until a packet went that way. */
export const ROW_BACKWARD = 6;
export const ROW_FRAGMENTS = 7;
/** The TRAIT_ bits below. */
export const ROW_TRAITS = 8;
/** The peer's ISN as the first SYN-ACK acknowledged it; says nothing without TRAIT_SYN_ACK. */
export const ROW_ACKNOWLEDGED_ISN = 9;
/** Slot + 1 of what is out of line in direction a -> b, and one word on that of b -> a (segment-anomalies.ts). */
export const ROW_ANOMALIES = 10;
/** Direction a -> b, which every row has: a packet in it needs no second look-up. On an even word, for its doubles. */
export const ROW_FORWARD = 12;

/** Words of one direction (direction.ts). */
export const DIRECTION_WORDS = 20;
export const ROW_WORDS = ROW_FORWARD + DIRECTION_WORDS;

export const TRAIT_REQUEST_BY_A = 1;
export const TRAIT_REQUEST_BY_B = 2;
/** Encapsulation code of what the packets carry: 3 bits. */
export const TRAIT_CARRIES_SHIFT = 2;
export const TRAIT_CARRIES_MASK = 7 << TRAIT_CARRIES_SHIFT;
/** Sealed code: 2 bits. */
export const TRAIT_SEALED_SHIFT = 5;
export const TRAIT_SEALED_MASK = 3 << TRAIT_SEALED_SHIFT;
export const TRAIT_SYN_ACK = 1 << 7;
/** Slot + 1 of the bytes over time (throughput.ts), 0 = none: 16 bits, of which MAX_THROUGHPUT_SERIES needs 13. */
export const TRAIT_SERIES_SHIFT = 8;
export const TRAIT_SERIES_MASK = 0xffff << TRAIT_SERIES_SHIFT;
/** Found no room for a series; said once. */
export const TRAIT_NO_SERIES = 1 << 24;
