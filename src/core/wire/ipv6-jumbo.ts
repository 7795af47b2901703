/**
 * The Jumbo Payload option (RFC 2675 section 2) in a hop-by-hop options header. Linux writes it for BIG TCP.
 *
 *   | next header (1) | length in 8-byte units less 1 (1) | options: | type c2 | length 04 | payload length (4) | ...
 */
const OPTION_PAD1 = 0;
const OPTION_JUMBO_PAYLOAD = 0xc2;
const MIN_JUMBO_LENGTH = 65_536;

/** The 32-bit payload length when the header at `offset` has a valid Jumbo Payload option, else 0. */
export function readJumboPayloadLength(view: DataView, offset: number, end: number): number {
  if (offset + 2 > end) return 0;
  const optionsEnd = Math.min(offset + (view.getUint8(offset + 1) + 1) * 8, end);
  let start = offset + 2;
  while (start + 2 <= optionsEnd) {
    const type = view.getUint8(start);
    if (type === OPTION_PAD1) {
      start++;
      continue;
    }
    const length = view.getUint8(start + 1);
    if (type === OPTION_JUMBO_PAYLOAD && length === 4 && start + 6 <= optionsEnd) {
      const jumboLength = view.getUint32(start + 2);
      return jumboLength >= MIN_JUMBO_LENGTH ? jumboLength : 0;
    }
    start += 2 + length;
  }
  return 0;
}
