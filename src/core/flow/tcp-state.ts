/** What TCP headers say about a row: sequence arithmetic modulo 2^32, and when a SYN opens another connection. */
import { TcpFlag } from "../wire/packet-view.ts";

/** Flags of a connection's first packet: SYN without ACK. A SYN with RST is nobody's first packet. */
export function isOpening(flags: number): boolean {
  return (flags & (TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Rst)) === TcpFlag.Syn;
}

export function isSynAck(flags: number): boolean {
  return (flags & (TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Rst)) === (TcpFlag.Syn | TcpFlag.Ack);
}

/** `a` lies before `b` on the circle of sequence numbers (RFC 9293 section 3.4): less than 2^31 behind. */
export function sequenceBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** Sequence numbers that a segment takes: its payload, one for SYN, one for FIN. */
export function sequenceLength(flags: number, payloadLength: number): number {
  return payloadLength + ((flags >>> 1) & 1) + (flags & 1);
}

/**
 * Whether a SYN without ACK on a tuple that has a row begins another connection.
 *
 * @param isn the SYN's sequence number
 * @param hasIsn, ownIsn what the row holds as ISN of the SYN's direction
 * @param peerOpened the other direction has an ISN
 * @param acknowledged, acknowledgedIsn the row's first SYN-ACK came from the other side, and what it acknowledged
 * @param flags OR of all flags of the row, both directions
 * @param hasSequence, sequenceStart lowest sequence number of the SYN's direction
 */
export function opensNewConnection(
  isn: number,
  hasIsn: boolean,
  ownIsn: number,
  peerOpened: boolean,
  acknowledged: boolean,
  acknowledgedIsn: number,
  flags: number,
  hasSequence: boolean,
  sequenceStart: number,
): boolean {
  // A retransmitted SYN has the same ISN; another ISN is another connection, whatever became of the first.
  if (hasIsn) return ((isn - ownIsn) | 0) !== 0;
  // The answer was written to the file before the SYN: captures of several queues do that.
  if (acknowledged) return ((isn - acknowledgedIsn) | 0) !== 0;
  // Both sides sent a SYN: simultaneous open (RFC 9293 section 3.5), unless the first attempt had ended.
  if (peerOpened) return (flags & (TcpFlag.Fin | TcpFlag.Rst)) !== 0;
  // Mid-stream packets are an older connection, unless they continue exactly this SYN.
  return !(hasSequence && ((sequenceStart - isn - 1) | 0) === 0);
}

/**
 * Whether a SYN-ACK on a tuple that has a row belongs to another connection. Places that show one direction only (LINUX_SLL,
 * asymmetric paths) have no SYN to tell; there both a new ISN and another acknowledged ISN are needed: a SYN cookie changes
 * only the former (Linux net/ipv4/syncookies.c).
 */
export function answersNewConnection(
  isn: number,
  acknowledgement: number,
  hasIsn: boolean,
  ownIsn: number,
  peerOpened: boolean,
  acknowledged: boolean,
  acknowledgedIsn: number,
): boolean {
  if (!hasIsn || !acknowledged || peerOpened) return false;
  return ((isn - ownIsn) | 0) !== 0 && ((acknowledgement - 1 - acknowledgedIsn) | 0) !== 0;
}
