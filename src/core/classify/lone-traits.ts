/** The traits (traits.ts) that the packets of a row give it, told from numbers. */
import { tcpState } from "../correlate/tcp-summary.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import { failedToOpen } from "./tcp-failure.ts";
import { DNS_PORT, stateTraits, Trait } from "./traits.ts";

const TCP = 6;
const UDP = 17;

/** @param orig the direction that the originator sends (FlowPointer) */
export function lonePacketTraits(rows: RowColumns, orig: number): number {
  const row = orig >>> 1;
  const resp = orig ^ 1;
  const protocol = rows.protocol(row);
  const answers = rows.records(resp);
  let traits = answers === 0 ? Trait.NoAnswer : 0;
  if (protocol === TCP) traits |= tcpTraits(rows, orig, answers);
  else if (answers > 0) traits |= Trait.GotThrough;
  if (protocol === UDP) {
    traits |= Trait.Udp;
    const ports = rows.ports(row);
    const port = (orig & 1) === 0 ? ports & 0xffff : ports >>> 16;
    if (port === DNS_PORT && rows.hasPorts(row) && answers < rows.records(orig))
      traits |= Trait.DnsShort;
  }
  if (rows.addressA(row) === rows.addressB(row)) traits |= Trait.OneAddress;
  if (rows.hasAnomalies(orig) || rows.hasAnomalies(resp)) traits |= Trait.OutOfLine;
  if (rows.hasIcmpErrors(row)) traits |= Trait.IcmpErrors;
  if (rows.fragments(row) > 0) traits |= Trait.Fragments;
  if (rows.hasHeader(row)) traits |= Trait.ProxyHeader;
  return traits;
}

/** TcpSummary.state of a row that is a connection by itself. */
export function rowTcpState(rows: RowColumns, orig: number): string {
  const resp = orig ^ 1;
  return tcpState(
    rows.tcpFlags(orig),
    rows.hasIsn(orig),
    rows.tcpFlags(resp),
    rows.hasIsn(resp),
    rows.records(resp),
    rows.payloadBytes(orig) + rows.payloadBytes(resp) > 0,
  );
}

function tcpTraits(rows: RowColumns, orig: number, answers: number): number {
  const state = rowTcpState(rows, orig);
  let traits = Trait.Tcp | stateTraits(state);
  if (!rows.hasIsn(orig) && !rows.hasIsn(orig ^ 1)) traits |= Trait.NoSynSeen;
  if (answers > 0 && !failedToOpen(state)) traits |= Trait.GotThrough;
  return traits;
}
