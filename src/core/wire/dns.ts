/**
 * Answers of the Domain Name System (RFC 1035 section 4.1), as far as they say which name an address was given for:
 *
 *     0        2        4        6        8        10       12
 *     | id     | flags  | QDCOUNT| ANCOUNT| NSCOUNT| ARCOUNT| question, answers ...
 *
 * Whoever can send a datagram from port 53 can write one: what is read here is a statement, and no proof of anything.
 */
import { formatIpv4, formatIpv6 } from "../address/ip-text.ts";
import { MAX_DNS_ANSWERS_READ } from "../limits.ts";

export interface DnsAnswer {
  /** The name that was asked for; see `readName` for its text form. */
  readonly name: string;
  /** Addresses of it and of the names that it is an alias of, as reports write them; at least one. */
  readonly addresses: readonly string[];
}

const HEADER_LENGTH = 12;
/** QR, opcode and RCODE; what is left over says how the answer was found. */
const KIND_MASK = 0xf80f;
const GOOD_RESPONSE = 0x8000;
const CLASS_IN = 1;
const TYPE_A = 1;
const TYPE_CNAME = 5;
/** RFC 3596 section 2.1. */
const TYPE_AAAA = 28;
/** Octets of a name with its length octets and the root's (RFC 1035 section 2.3.4). */
const MAX_NAME_LENGTH = 255;
/** Pointers of one name: each of its at most 127 labels may stand elsewhere. */
const MAX_POINTERS = 127;

/** A response without error to one question, with answers. Anything else costs twelve bytes' reading. */
export function looksLikeDnsAnswer(view: DataView, offset: number, end: number): boolean {
  return (
    end - offset > HEADER_LENGTH &&
    (view.getUint16(offset + 2) & KIND_MASK) === GOOD_RESPONSE &&
    view.getUint16(offset + 4) === 1 &&
    view.getUint16(offset + 6) > 0
  );
}

/** Null when no address of the name asked for stands in it. Of a message that was not captured whole, its whole records are read. */
export function parseDnsAnswer(view: DataView, offset: number, end: number): DnsAnswer | null {
  if (!looksLikeDnsAnswer(view, offset, end)) return null;
  const question = readName(view, offset, offset + HEADER_LENGTH, end);
  if (question === null || question.text === "" || question.next + 4 > end) return null;
  if (view.getUint16(question.next + 2) !== CLASS_IN) return null;

  const aliases = new Map<string, string>();
  const found: { readonly owner: string; readonly address: string }[] = [];
  let at = question.next + 4;
  const count = Math.min(view.getUint16(offset + 6), MAX_DNS_ANSWERS_READ);
  for (let i = 0; i < count; i++) {
    const owner = readName(view, offset, at, end);
    if (owner === null || owner.next + 10 > end) break;
    const type = view.getUint16(owner.next);
    const isInternet = view.getUint16(owner.next + 2) === CLASS_IN;
    const length = view.getUint16(owner.next + 8);
    const data = owner.next + 10;
    at = data + length;
    if (at > end) break;
    if (!isInternet) continue;
    if (type === TYPE_CNAME) {
      const target = readName(view, offset, data, at);
      if (target !== null) aliases.set(owner.text, target.text);
    } else {
      const address = readAddress(view, data, type, length);
      if (address !== null) found.push({ owner: owner.text, address });
    }
  }
  const names = withAliases(question.text, aliases);
  const addresses = new Set(
    found.flatMap(({ owner, address }) => (names.has(owner) ? address : [])),
  );
  return addresses.size === 0 ? null : { name: question.text, addresses: [...addresses] };
}

function readAddress(view: DataView, at: number, type: number, length: number): string | null {
  if (type === TYPE_A && length === 4) return formatIpv4(view.getInt32(at));
  if (type !== TYPE_AAAA || length !== 16) return null;
  const word = (index: number): number => view.getInt32(at + 4 * index);
  return formatIpv6(word(0), word(1), word(2), word(3));
}

/** The name and every name that it leads to; records may stand in any order, and aliases may go in a circle. */
function withAliases(name: string, aliases: ReadonlyMap<string, string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (let next: string | undefined = name; next !== undefined && !names.has(next); ) {
    names.add(next);
    next = aliases.get(next);
  }
  return names;
}

/**
 * A name in lower case (RFC 4343: case tells nothing), without the root's dot; octets that are no letter, digit or common sign, and
 * dots inside a label, as `\ddd` and `\.` (RFC 1035 section 5.1). `next` is what follows the name where it began.
 *
 * A pointer must lead to before everything read so far (RFC 1035 section 4.1.4: "a prior occurrence"), so that none can loop.
 */
function readName(
  view: DataView,
  message: number,
  start: number,
  end: number,
): { readonly text: string; readonly next: number } | null {
  const labels: string[] = [];
  let lowest = start;
  let at = start;
  let next = -1;
  let pointers = 0;
  let length = 1;
  while (at < end) {
    const size = view.getUint8(at);
    if (size === 0) return { text: labels.join("."), next: next < 0 ? at + 1 : next };
    if (size >= 0xc0) {
      pointers += 1;
      if (at + 2 > end || pointers > MAX_POINTERS) return null;
      const target = message + (view.getUint16(at) & 0x3fff);
      if (target >= lowest || target < message + HEADER_LENGTH) return null;
      if (next < 0) next = at + 2;
      lowest = target;
      at = target;
      continue;
    }
    length += 1 + size;
    // 0x40 and 0x80 begin no label of today (RFC 6891 section 5).
    if (size > 63 || length > MAX_NAME_LENGTH || at + 1 + size > end) return null;
    labels.push(labelText(view, at + 1, at + 1 + size));
    at += 1 + size;
  }
  return null;
}

function labelText(view: DataView, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = view.getUint8(at);
    const character = String.fromCharCode(byte).toLowerCase();
    if (/[-a-z0-9_*/]/.test(character) && byte < 0x80) text += character;
    else if (character === "." || character === "\\") text += `\\${character}`;
    else text += `\\${String(byte).padStart(3, "0")}`;
  }
  return text;
}
