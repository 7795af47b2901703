/** The state of a TCP connection as all vantage points together show it (Zeek's conn_state in words). */
import type { Observation, TcpSummary } from "./connection.ts";

const FIN = 1;
const RST = 4;

export function summariseTcp(observations: readonly Observation[]): TcpSummary {
  let origFlags = 0;
  let respFlags = 0;
  let origIsn: number | null = null;
  let respIsn: number | null = null;
  let origRecords = 0;
  let respRecords = 0;
  let payload = 0;
  for (const { orig, resp } of observations) {
    origFlags |= orig.tcpFlags;
    respFlags |= resp.tcpFlags;
    origIsn ??= orig.isn;
    respIsn ??= resp.isn;
    origRecords = Math.max(origRecords, orig.records);
    respRecords = Math.max(respRecords, resp.records);
    payload = Math.max(payload, orig.payloadBytes + resp.payloadBytes);
  }
  return { state: state(), origIsn, respIsn };

  function state(): string {
    const reset = ((origFlags | respFlags) & RST) !== 0;
    if (origIsn === null && respIsn === null) return reset ? "reset" : "mid-stream";
    if (respIsn === null) {
      if ((respFlags & RST) !== 0) return "refused";
      return respRecords === 0 ? "syn-sent" : reset ? "reset" : "established";
    }
    if (reset) return "reset";
    if ((origFlags & FIN) !== 0 && (respFlags & FIN) !== 0) return "closed";
    // A handshake that stops after the SYN-ACK: the originator sent nothing but SYNs.
    if (origIsn !== null && (origFlags & ACK) === 0 && payload === 0)
      return origRecords === 0 ? "mid-stream" : "half-open";
    return "established";
  }
}

const ACK = 16;
