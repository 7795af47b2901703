/** The state of a TCP connection as all vantage points together show it (Zeek's conn_state in words). */
import type { Observation, TcpSummary } from "./connection.ts";

const FIN = 1;
const RST = 4;
const ACK = 16;

interface Seen {
  flags: number;
  isn: number | null;
  records: number;
}

export function summariseTcp(observations: readonly Observation[]): TcpSummary {
  const orig = gather(observations.map((one) => one.orig));
  const resp = gather(observations.map((one) => one.resp));
  const payload = observations.some((one) => one.orig.payloadBytes + one.resp.payloadBytes > 0);
  return {
    state: tcpState(
      orig.flags,
      orig.isn !== null,
      resp.flags,
      resp.isn !== null,
      resp.records,
      payload,
    ),
    origIsn: orig.isn,
    respIsn: resp.isn,
    retransmissions: mostOf(observations, (one) => one.retransmissions),
    resets: mostOf(observations, (one) => one.resets),
    zeroWindows: mostOf(observations, (one) => one.zeroWindows),
  };
}

/** Every vantage point counts the same packets again: the most that one of them saw. */
function mostOf(
  observations: readonly Observation[],
  count: (direction: Observation["orig"]) => number,
): { readonly orig: number; readonly resp: number } {
  let orig = 0;
  let resp = 0;
  for (const one of observations) {
    orig = Math.max(orig, count(one.orig));
    resp = Math.max(resp, count(one.resp));
  }
  return { orig, resp };
}

function gather(directions: readonly Observation["orig"][]): Seen {
  const seen: Seen = { flags: 0, isn: null, records: 0 };
  for (const direction of directions) {
    seen.flags |= direction.tcpFlags;
    seen.isn ??= direction.isn;
    seen.records = Math.max(seen.records, direction.records);
  }
  return seen;
}

/**
 * The state in one word.
 * @param origFlags, respFlags the TCP flags of all packets of a side
 * @param hasOrigIsn, hasRespIsn whether the side's SYN was seen
 * @param answers packets of the responder
 * @param hasPayload whether either side sent data
 */
export function tcpState(
  origFlags: number,
  hasOrigIsn: boolean,
  respFlags: number,
  hasRespIsn: boolean,
  answers: number,
  hasPayload: boolean,
): string {
  const reset = ((origFlags | respFlags) & RST) !== 0;
  if (!hasOrigIsn && !hasRespIsn) return reset ? "reset" : "mid-stream";
  if (!hasRespIsn) return withoutSynAck(respFlags, answers, reset);
  if (reset) return "reset";
  if ((origFlags & FIN) !== 0 && (respFlags & FIN) !== 0) return "closed";
  // A handshake that stops after the SYN-ACK: the originator sent nothing but SYNs.
  if (hasOrigIsn && (origFlags & ACK) === 0 && !hasPayload) return "half-open";
  return "established";
}

function withoutSynAck(respFlags: number, answers: number, reset: boolean): string {
  if ((respFlags & RST) !== 0) return "refused";
  if (answers === 0) return "syn-sent";
  return reset ? "reset" : "established";
}
