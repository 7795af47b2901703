/**
 * What the options of a SYN or SYN-ACK look like, as one number. NAT leaves them alone, so that two sightings of one handshake
 * have the same number at every hop, except where a router clamps the MSS (iptables TCPMSS, VPN gateways): a different number
 * does not prove different connections, the same number supports the same one.
 *
 *   kinds (IANA): 0 end, 1 no-operation, 2 MSS (RFC 9293), 3 window scale (RFC 7323), 4 SACK permitted (RFC 2018),
 *   8 timestamps (RFC 7323); all but 0 and 1: | kind (1) | length, both included (1) | value |
 */

const KIND_END = 0;
const KIND_NO_OPERATION = 1;
const KIND_MSS = 2;
const KIND_WINDOW_SCALE = 3;
const KIND_SACK_PERMITTED = 4;
const KIND_TIMESTAMPS = 8;

/** FNV-1a, 32 bits, over whole values. */
const FNV_OFFSET_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/**
 * Hash of MSS, window scale, SACK permitted and TSval of the options [offset, end), whatever their order and padding: 1 to
 * 2^31-1. 0 when an option contradicts its length or leaves the header.
 */
export function hashSynOptions(view: DataView, offset: number, end: number): number {
  // -1 and 0: absent. A TSval of 0 is as good as none.
  let mss = -1;
  let windowScale = -1;
  let sackPermitted = 0;
  let timestamp = 0;
  let start = offset;
  while (start < end) {
    const kind = view.getUint8(start);
    if (kind === KIND_END) break;
    if (kind === KIND_NO_OPERATION) {
      start++;
      continue;
    }
    if (start + 2 > end) return 0;
    const length = view.getUint8(start + 1);
    if (length < 2 || start + length > end) return 0;
    if (kind === KIND_MSS && length === 4) mss = view.getUint16(start + 2);
    else if (kind === KIND_WINDOW_SCALE && length === 3) windowScale = view.getUint8(start + 2);
    else if (kind === KIND_SACK_PERMITTED && length === 2) sackPermitted = 1;
    else if (kind === KIND_TIMESTAMPS && length === 10) timestamp = view.getInt32(start + 2);
    start += length;
  }
  let hash = FNV_OFFSET_BASIS;
  hash = Math.imul(hash ^ mss, FNV_PRIME);
  hash = Math.imul(hash ^ windowScale, FNV_PRIME);
  hash = Math.imul(hash ^ sackPermitted, FNV_PRIME);
  hash = Math.imul(hash ^ timestamp, FNV_PRIME);
  // The low bits of a product depend on low bits only; fold the high ones in.
  hash ^= hash >>> 15;
  return hash & 0x7fffffff || 1;
}
