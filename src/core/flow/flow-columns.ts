/**
 * Where the fields of a flow lie: signed 32-bit words. A row is one cache line of 64 bytes with its key and what each packet
 * a -> b touches; a direction b -> a has a line of its own, made by its first packet. What only the first packet of a direction
 * sets lies apart (for a -> b in a store of its own, for b -> a at the end of its line), so that counting a packet of a known
 * flow touches one line, or two. What few rows have lies in sparse columns (flow-rows.ts, direction-store.ts).
 */

/** Context and kind in one word (flow-key.ts). */
export const ROW_PLACE = 0;
/** IPv4 address word, or number of an IPv6 address (address-table.ts). `a` sent the first packet. */
export const ROW_ADDRESS_A = 1;
export const ROW_ADDRESS_B = 2;
/** Port of `a` in the high half, of `b` in the low half. */
export const ROW_PORTS = 3;
/** Direction b -> a + 1; 0 until a packet went that way. */
export const ROW_BACKWARD = 4;
/** The TRAIT_ bits below. */
export const ROW_TRAITS = 5;
/** What each packet a -> b touches, in the order of the fields below. */
export const ROW_FORWARD = 6;
export const ROW_WORDS = 16;

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
/** The first SYN-ACK acknowledged the ISN that this direction has: nearly every handshake, so that no word is spent on it. */
export const TRAIT_ACKNOWLEDGES_A = 1 << 25;
export const TRAIT_ACKNOWLEDGES_B = 1 << 26;
/** The tuple belongs to a newer row: the index does not lead here any more. */
export const TRAIT_SUCCEEDED = 1 << 27;

/** Fields of a direction that every packet touches, from ROW_FORWARD or the start of a backward line on. */
export const RECORDS = 0;
export const LAST_RECORD = 1;
export const LAST_SECONDS = 2;
export const LAST_NANOS = 3;
/** Bits 0-7 TCP flags, 8-15 lowest TTL, 16-23 highest TTL, then the DIRECTION_ bits below. */
export const TRAITS = 4;
export const SEQUENCE_START = 5;
export const SEQUENCE_END = 6;
/** The low 32 bits of two sums; the rest is in sparse columns. */
export const BYTES = 7;
export const PAYLOAD_BYTES = 8;
/** Identification of the first packet; in the high half that of the newest TCP segment that went on. 0 = none. */
export const IP_ID = 9;
const TOUCHED_WORDS = 10;

/** Fields that the first packet sets, or that few packets touch, from the start of a forward or BACKWARD_FIRST on. */
export const FIRST_SECONDS = 0;
export const FIRST_NANOS = 1;
export const FIRST_RECORD = 2;
/**
 * Without ISN: slot of the fingerprints, while their number is not 0. With ISN: the SYN's options; the ISN itself is then
 * SEQUENCE_START, its record FIRST_RECORD, and there are no fingerprints. Under SYN_APART: slot of the SYN store.
 */
export const MARK = 3;
/** Number of the MAC pair + 1. */
export const MAC_PAIR = 4;
/** Slot + 1 of what is out of line (segment-anomalies.ts). */
export const ANOMALIES = 5;
export const FIRST_WORDS = 6;

export const BACKWARD_FIRST = TOUCHED_WORDS;
export const BACKWARD_WORDS = TOUCHED_WORDS + FIRST_WORDS;

export const HAS_SEQUENCE = 1 << 24;
/** The range passed half the circle: nothing can be told to lie before its start any more. */
export const SEQUENCE_START_FIXED = 1 << 25;
export const FINGERPRINT_COUNT_SHIFT = 26;
export const FINGERPRINT_COUNT_MASK = 7;
export const ISN_FROM_SYN_ACK = 1 << 29;
export const HAS_ISN = 1 << 30;
/** The ISN is not where MARK says, as when a SYN is not its direction's first packet. */
export const SYN_APART = 1 << 31;
