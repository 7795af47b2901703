/**
 * What NAT never changes about a packet, as one 32-bit number: equal at every place that the packet passes.
 *
 * Datagrams: payload length and first payload bytes. ICMP echo: sequence number, length and payload (the identifier is
 * rewritten by --random-fully). TCP: sequence number and first payload bytes, without the length, because TSO and GRO cut the
 * stream differently. When the snaplen kept fewer bytes than the fingerprint covers there is none: a number made of less would
 * differ from that of a capture that kept more.
 */
import { FINGERPRINT_BYTES, FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import { IpProtocol } from "../wire/ip-protocol.ts";
import { Encapsulation, type IpLayer } from "../wire/packet-view.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";

/** Datagrams that NAT may have rewritten: not tunnels (their outer header is no tenant's), not ICMP other than echo. */
export function hasFingerprint(layer: IpLayer): boolean {
  if (layer.fragmentOffset > 0 || layer.encapsulation !== Encapsulation.None) return false;
  return layer.icmpType < 0 || layer.hasPorts === 1;
}

/** A signed word, never 0; 0 when the packet has none. `layer` holds the offsets of its payload inside `view`. */
export function fingerprint(view: DataView, layer: IpLayer): number {
  const length = layer.payloadLength;
  const isEcho = layer.icmpType >= 0;
  const covered = Math.min(length, FINGERPRINT_BYTES);
  if ((covered === 0 && !isEcho) || layer.payloadEnd - layer.payloadOffset < covered) return 0;
  const isTcp = layer.protocol === IpProtocol.Tcp;
  let hash = mix(0x811c9dc5, isTcp ? dataSequence(layer) : length);
  if (isEcho) hash = mix(hash, layer.icmpSequence);
  hash = hashBytes(view, layer.payloadOffset, layer.payloadOffset + covered, hash);
  hash ^= hash >>> 16;
  return hash === 0 ? 1 : hash;
}

/** Sequence number of the first payload byte: a SYN takes one number before it (RFC 9293 section 3.4). */
export function dataSequence(layer: IpLayer): number {
  return (layer.tcpSequence + ((layer.tcpFlags >>> 1) & 1)) | 0;
}

/** Of the bytes from `start` to before `end`. */
export function hashBytes(view: DataView, start: number, end: number, seed: number): number {
  let hash = seed;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mix(hash, view.getInt32(at));
  for (; at < end; at++) hash = mix(hash, view.getUint8(at));
  return hash;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Fingerprints kept per direction: slots of FINGERPRINTS_PER_DIRECTION words, made when the first one comes. */
export class FingerprintStore {
  readonly #slots = new RecordStore(FINGERPRINTS_PER_DIRECTION);

  open(): number {
    return this.#slots.allocate();
  }

  /** Keeps a fingerprint unless the slot has it already; says how many the slot has now. */
  keep(slot: number, count: number, value: number): number {
    const words = this.#slots.uints[slot >>> CHUNK_SHIFT]!;
    const at = (slot & CHUNK_MASK) * FINGERPRINTS_PER_DIRECTION;
    for (let i = 0; i < count; i++) {
      if ((words[at + i]! | 0) === value) return count;
    }
    words[at + count] = value;
    return count + 1;
  }

  /** Signed. */
  at(slot: number, position: number): number {
    const at = (slot & CHUNK_MASK) * FINGERPRINTS_PER_DIRECTION + position;
    return this.#slots.ints[slot >>> CHUNK_SHIFT]![at]!;
  }

  list(slot: number, count: number): number[] {
    if (count === 0) return [];
    const words = this.#slots.uints[slot >>> CHUNK_SHIFT]!;
    const at = (slot & CHUNK_MASK) * FINGERPRINTS_PER_DIRECTION;
    return Array.from(words.subarray(at, at + count));
  }
}
