/**
 * Addresses and CIDRs that a person types, in a page: core/address stands on a package that is larger than the rest of the
 * page's script. IPv4 dotted quads and IPv6 as RFC 4291 section 2.2 writes it; no zone ids.
 */

/** 4 or 16 bytes. */
type AddressBytes = readonly number[];

export interface AddressPrefix {
  readonly bytes: AddressBytes;
  /** Bits that count. */
  readonly length: number;
}

/** "10.0.1.11", "10.0.0.0/16", "2001:db8::/32"; null for anything else. */
export function parsePrefix(text: string): AddressPrefix | null {
  const [address = "", length, ...rest] = text.split("/");
  const bytes = parseBytes(address);
  if (bytes === null || rest.length > 0) return null;
  const all = bytes.length * 8;
  if (length === undefined) return { bytes, length: all };
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > all) return null;
  return { bytes, length: Number(length) };
}

/** Families never mix, and what is no address is nowhere. */
export function prefixContains({ bytes, length }: AddressPrefix, address: string): boolean {
  const other = parseBytes(address);
  if (other === null || other.length !== bytes.length) return false;
  return bytes.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, length - i * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((other[i] ?? 0) & mask);
  });
}

function parseBytes(text: string): AddressBytes | null {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** No leading zeros: programs differ on whether they mean octal. */
function parseIpv4(text: string): AddressBytes | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function parseIpv6(text: string): AddressBytes | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [before, after] = halves.map(parseGroups);
  if (before === undefined || before === null || after === null) return null;
  if (after === undefined) return before.length === 16 ? before : null;
  // "::" stands for at least one group.
  const gap = 16 - before.length - after.length;
  if (gap < 2) return null;
  // A dotted quad is the end of the whole.
  if (/\./.test(halves[0] ?? "")) return null;
  return [...before, ...new Array<number>(gap).fill(0), ...after];
}

/** The bytes of "2001:db8" or "ffff:10.0.0.1"; of nothing, none. */
function parseGroups(text: string): AddressBytes | null {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    if (group.includes(".")) {
      const quad = i === groups.length - 1 ? parseIpv4(group) : null;
      if (quad === null) return null;
      bytes.push(...quad);
    } else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return null;
  }
  return bytes;
}
