/** Endpoints and 5-tuples as people write them, and as other tools print them. */
import { parseAddress } from "../address/ip-text.ts";

export interface AskedEndpoint {
  /** As reports write it. */
  readonly address: string;
  /** null: any port. */
  readonly port: number | null;
}

export interface AskedTuple {
  /** null: any protocol. */
  readonly protocol: string | null;
  /** One endpoint: any connection that has it; two: in either direction. */
  readonly ends: readonly [AskedEndpoint, ...AskedEndpoint[]];
}

const PROTOCOL = /^(?:tcp|udp|sctp|icmp|icmpv6|ip\d{1,3})$/i;
/** "10.0.1.11.40000", as tcpdump prints it. */
const DOTTED_PORT = /^(\d+\.\d+\.\d+\.\d+)\.(\d+)$/;

/** "10.0.1.11", "10.0.1.11:443", "[2001:db8::1]:443", "2001:db8::1", "10.0.1.11.443"; null for anything else. */
export function parseEndpoint(text: string): AskedEndpoint | null {
  const alone = parseAddress(text);
  if (alone !== null) return { address: alone.text, port: null };
  const match =
    /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ??
    /^([^:]+):(\d+)$/.exec(text) ??
    DOTTED_PORT.exec(text);
  if (match === null) return null;
  const [, host = "", digits] = match;
  const address = parseAddress(host);
  const port = digits === undefined ? null : Number(digits);
  if (address === null || (port !== null && port > 65_535)) return null;
  return { address: address.text, port };
}

export function isProtocol(word: string): boolean {
  return PROTOCOL.test(word);
}

/**
 * "tcp 10.0.1.11:40000 203.0.113.9:443", "10.0.1.11:40000->203.0.113.9:443", one endpoint alone, or what tcpdump prints
 * ("IP 10.0.1.11.40000 > 203.0.113.9.443:"); null for anything else.
 */
export function parseTuple(text: string): AskedTuple | null {
  if (text.length > 300) return null;
  const words = text.split(/(?:\s|->|→|>|,)+/).filter((word) => word !== "");
  if (/^ip6?$/i.test(words[0] ?? "")) words.shift();
  const protocol = isProtocol(words[0] ?? "") ? (words.shift() ?? "").toLowerCase() : null;
  const ends = words.map((word) => parseEndpoint(word.replace(/(?<=[\d\]]):$/, "")));
  const [first, second] = ends;
  if (first === undefined || first === null || ends.length > 2) return null;
  if (second === undefined) return { protocol, ends: [first] };
  return second === null ? null : { protocol, ends: [first, second] };
}
