/** UTF-8 to string as the Encoding Standard decodes it: every ill-formed sequence becomes U+FFFD, nothing throws. */

const REPLACEMENT = "\ufffd";

/** Length of the sequence that a lead byte starts, 0 when it starts none (RFC 3629 section 4). */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** The second byte has a narrower range after some leads: no overlong forms, no surrogates, nothing over U+10FFFF. */
function isSecondByte(lead: number, byte: number): boolean {
  if (lead === 0xe0) return byte >= 0xa0 && byte <= 0xbf;
  if (lead === 0xed) return byte >= 0x80 && byte <= 0x9f;
  if (lead === 0xf0) return byte >= 0x90 && byte <= 0xbf;
  if (lead === 0xf4) return byte >= 0x80 && byte <= 0x8f;
  return byte >= 0x80 && byte <= 0xbf;
}

/** How many bytes at `offset` belong together: a whole sequence, or the part of one up to the byte that does not fit. */
function wellFormedLength(bytes: Uint8Array, offset: number, end: number): number {
  const lead = bytes[offset] ?? 0;
  const length = sequenceLength(lead);
  let good = 1;
  while (good < length && offset + good < end) {
    const byte = bytes[offset + good] ?? 0;
    if (good === 1 ? !isSecondByte(lead, byte) : (byte & 0xc0) !== 0x80) break;
    good += 1;
  }
  return good;
}

function codePointAt(bytes: Uint8Array, offset: number, length: number): number {
  const lead = bytes[offset] ?? 0;
  let codePoint = length === 1 ? lead : lead & (0x7f >> length);
  for (let index = 1; index < length; index += 1) {
    codePoint = (codePoint << 6) | ((bytes[offset + index] ?? 0) & 0x3f);
  }
  return codePoint;
}

/** Text of `bytes[start, end)`. A sequence cut by `end` is one U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let offset = start;
  while (offset < end) {
    const length = wellFormedLength(bytes, offset, end);
    const isWhole = length === sequenceLength(bytes[offset] ?? 0);
    text += isWhole ? String.fromCodePoint(codePointAt(bytes, offset, length)) : REPLACEMENT;
    offset += length;
  }
  return text;
}
