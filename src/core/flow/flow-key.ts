/**
 * The key of a flow in four 32-bit words: place (context and kind: protocol, IP version, whether there are ports), two addresses,
 * two ports. Both directions of a conversation hash alike, so one lookup finds either.
 */

import { IpProtocol } from "../wire/ip-protocol.ts";

/** Used when the caller gives no seed. Results never depend on the seed, only on which keys share a slot. */
export const DEFAULT_SEED = 0x5bd1e995;

const VERSION_6 = 1 << 8;
const WITH_PORTS = 1 << 9;

/** Protocol, IP version and "has ports" in one word: a port-less row never meets one with port 0. */
export function keyKind(protocol: number, version: number, hasPorts: number): number {
  return protocol | (version === 6 ? VERSION_6 : 0) | (hasPorts === 1 ? WITH_PORTS : 0);
}

export function kindProtocol(kind: number): number {
  return kind & 0xff;
}

export function kindIsVersion6(kind: number): boolean {
  return (kind & VERSION_6) !== 0;
}

export function kindHasPorts(kind: number): boolean {
  return (kind & WITH_PORTS) !== 0;
}

/** Whether the decoders read ports (or an echo identifier) of this protocol, which its later fragments lack. */
export function mayHavePorts(protocol: number): boolean {
  switch (protocol) {
    case IpProtocol.Icmp:
    case IpProtocol.Tcp:
    case IpProtocol.Udp:
    case IpProtocol.Icmpv6:
    case IpProtocol.Sctp:
      return true;
    default:
      return false;
  }
}

/** Bits of a kind. */
const KIND_BITS = 10;
/** Contexts that the rest of the word has room for. */
export const MAX_CONTEXTS = 2 ** (32 - KIND_BITS);

/** Context (context-table.ts) and kind in one signed word. */
export function keyPlace(context: number, kind: number): number {
  return (context << KIND_BITS) | kind;
}

export function placeContext(place: number): number {
  return place >>> KIND_BITS;
}

export function placeKind(place: number): number {
  return place & ((1 << KIND_BITS) - 1);
}

/** Two ports in one signed word, the first in the high half. */
export function portPair(first: number, second: number): number {
  return (first << 16) | second;
}

/** Signed 32-bit. The ends are mixed alone and added: exchanging them changes nothing, equal ends do not cancel. */
export function flowHash(
  place: number,
  source: number,
  destination: number,
  sourcePort: number,
  destinationPort: number,
  seed: number,
): number {
  let hash =
    (endHash(source, sourcePort, seed) + endHash(destination, destinationPort, seed)) ^
    Math.imul(place ^ seed, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}

/** The seed enters before the first multiplication, so that which ends collide depends on it. */
function endHash(address: number, port: number, seed: number): number {
  let hash = Math.imul(address ^ seed, 0x9e3779b1);
  hash ^= hash >>> 15;
  hash = Math.imul((hash + port) | 0, 0x85ebca77);
  return hash ^ (hash >>> 13);
}
