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
    state: stateOf(orig, resp, payload),
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

function stateOf(orig: Seen, resp: Seen, payload: boolean): string {
  const reset = ((orig.flags | resp.flags) & RST) !== 0;
  if (orig.isn === null && resp.isn === null) return reset ? "reset" : "mid-stream";
  if (resp.isn === null) return withoutSynAck(resp, reset);
  if (reset) return "reset";
  if ((orig.flags & FIN) !== 0 && (resp.flags & FIN) !== 0) return "closed";
  // A handshake that stops after the SYN-ACK: the originator sent nothing but SYNs.
  if (orig.isn !== null && (orig.flags & ACK) === 0 && !payload) return "half-open";
  return "established";
}

function withoutSynAck(resp: Seen, reset: boolean): string {
  if ((resp.flags & RST) !== 0) return "refused";
  if (resp.records === 0) return "syn-sent";
  return reset ? "reset" : "established";
}
