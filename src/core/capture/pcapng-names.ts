/** Name Resolution Blocks (draft-ietf-opsawg-pcapng section 4.5): addresses and the names the capturing host knew. */
import type { CaptureText } from "./capture-text.ts";

const RECORD_END = 0;
const RECORD_IPV4 = 1;
const RECORD_IPV6 = 2;

export interface ResolvedName {
  readonly address: string;
  readonly name: string;
}

/** Appends the names of the records in `[offset, limit)` to `names`; false when a record did not fit. */
export function readNames(
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  limit: number,
  little: boolean,
  text: CaptureText,
  names: ResolvedName[],
): boolean {
  let next = offset;
  while (limit - next >= 4) {
    const type = view.getUint16(next, little);
    const length = view.getUint16(next + 2, little);
    if (type === RECORD_END) return true;
    const value = next + 4;
    if (length > limit - value) return false;
    const addressLength = type === RECORD_IPV4 ? 4 : type === RECORD_IPV6 ? 16 : 0;
    if (addressLength > 0) {
      if (length < addressLength) return false;
      const address = type === RECORD_IPV4 ? ipv4Text(view, value) : ipv6Text(view, value);
      splitNames(bytes, value + addressLength, value + length, address, text, names);
    }
    next = value + ((length + 3) & ~3);
  }
  return true;
}

/** Several names of one address stand one after another, each ended by NUL. */
function splitNames(
  bytes: Uint8Array,
  start: number,
  end: number,
  address: string,
  text: CaptureText,
  names: ResolvedName[],
): void {
  let from = start;
  while (from < end) {
    const nul = bytes.subarray(from, end).indexOf(0);
    const stop = nul < 0 ? end : from + nul;
    const name = stop > from ? text.take(bytes, from, stop) : undefined;
    if (name !== undefined) names.push({ address, name });
    from = stop + 1;
  }
}

function ipv4Text(view: DataView, offset: number): string {
  return [0, 1, 2, 3].map((index) => view.getUint8(offset + index)).join(".");
}

/** RFC 5952 section 4: the first of the longest runs of two or more zero groups becomes "::". Always network byte order. */
function ipv6Text(view: DataView, offset: number): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((index) => view.getUint16(offset + index, false));
  let runStart = -1;
  let runLength = 1;
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length += 1;
    if (length > runLength) {
      runStart = start;
      runLength = length;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (runStart < 0) return hex.join(":");
  return `${hex.slice(0, runStart).join(":")}::${hex.slice(runStart + runLength).join(":")}`;
}
