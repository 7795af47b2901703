/** TCP on the rows of the flow table: when a SYN begins another connection, what segments add, PROXY protocol headers. */
import type { IpLayer } from "../wire/packet-view.ts";
import { looksLikeProxyHeader, parseProxyHeader } from "../wire/proxy-protocol.ts";
import type { DirectionTable } from "./direction.ts";
import { dataSequence } from "./fingerprint.ts";
import {
  ROW_ACKNOWLEDGED_ISN,
  ROW_BACKWARD,
  ROW_FORWARD,
  ROW_TRAITS,
  TRAIT_SYN_ACK,
} from "./flow-columns.ts";
import type { ProxyHeader } from "./flow-observation.ts";
import type { FlowPointer, FlowRows } from "./flow-rows.ts";
import { answersNewConnection, isOpening, isSynAck, opensNewConnection } from "./tcp-state.ts";

export class TcpTracker {
  /** By row. */
  readonly proxyHeaders = new Map<number, ProxyHeader>();
  readonly #rows: FlowRows;
  readonly #directions: DirectionTable;

  constructor(rows: FlowRows, directions: DirectionTable) {
    this.#rows = rows;
    this.#directions = directions;
  }

  /** Whether a segment with SYN belongs to another connection than the row that its tuple leads to. */
  isAnotherConnection(flow: FlowPointer, layer: IpLayer): boolean {
    const rows = this.#rows;
    const directions = this.#directions;
    const row = flow >>> 1;
    const own = rows.word(row, ROW_FORWARD + (flow & 1));
    const peer = rows.word(row, ROW_BACKWARD - (flow & 1));
    const hasIsn = own >= 0 && directions.hasIsn(own);
    const ownIsn = hasIsn ? directions.isn(own) : 0;
    const peerOpened = peer >= 0 && directions.hasIsn(peer);
    const acknowledged = (rows.word(row, ROW_TRAITS) & TRAIT_SYN_ACK) !== 0;
    const acknowledgedIsn = rows.word(row, ROW_ACKNOWLEDGED_ISN);
    const isn = layer.tcpSequence;
    if (isSynAck(layer.tcpFlags)) {
      return answersNewConnection(
        isn,
        layer.tcpAck,
        hasIsn,
        ownIsn,
        peerOpened,
        acknowledged,
        acknowledgedIsn,
      );
    }
    if (!isOpening(layer.tcpFlags)) return false;
    const flags =
      (own >= 0 ? directions.tcpFlags(own) : 0) | (peer >= 0 ? directions.tcpFlags(peer) : 0);
    const hasSequence = own >= 0 && directions.hasSequence(own);
    return opensNewConnection(
      isn,
      hasIsn,
      ownIsn,
      peerOpened,
      acknowledged && peerOpened,
      acknowledgedIsn,
      flags,
      hasSequence,
      hasSequence ? directions.sequenceStart(own) : 0,
    );
  }

  /** One segment whose header was read; `direction` is that of `flow`. */
  count(
    view: DataView,
    layer: IpLayer,
    flow: FlowPointer,
    direction: number,
    record: number,
  ): void {
    this.#directions.countSegment(direction, layer, record);
    if (isSynAck(layer.tcpFlags)) {
      const row = flow >>> 1;
      const traits = this.#rows.word(row, ROW_TRAITS);
      if ((traits & TRAIT_SYN_ACK) === 0) {
        this.#rows.set(row, ROW_TRAITS, traits | TRAIT_SYN_ACK);
        this.#rows.set(row, ROW_ACKNOWLEDGED_ISN, layer.tcpAck - 1);
      }
    }
    if (layer.payloadLength > 0 && this.#directions.addPayload(direction, layer, view)) {
      if (looksLikeProxyHeader(view, layer.payloadOffset, layer.payloadEnd)) {
        this.#keepProxyHeader(view, layer, flow >>> 1, direction, record);
      }
    }
  }

  /** A PROXY protocol header stands at the very start of a stream or it is payload that looks like one. */
  #keepProxyHeader(
    view: DataView,
    layer: IpLayer,
    row: number,
    direction: number,
    record: number,
  ): void {
    const startsStream =
      !this.#directions.hasIsn(direction) ||
      ((dataSequence(layer) - this.#directions.isn(direction) - 1) | 0) === 0;
    if (!startsStream || this.proxyHeaders.has(row)) return;
    const header = parseProxyHeader(view, layer.payloadOffset, layer.payloadEnd);
    if (header !== null) this.proxyHeaders.set(row, { ...header, record });
  }
}
