/** TCP on the rows of the flow table: when a SYN begins another connection, what segments add, headers at the start of streams. */
import { looksLikeHttpRequest, parseHttpRequest } from "../wire/http-request.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import { looksLikeProxyHeader, parseProxyHeader } from "../wire/proxy-protocol.ts";
import type { DirectionStore } from "./direction-store.ts";
import { dataSequence } from "./fingerprint.ts";
import {
  ROW_TRAITS,
  TRAIT_ACKNOWLEDGES_A,
  TRAIT_ACKNOWLEDGES_B,
  TRAIT_SYN_ACK,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import type { HttpRequestHeader, ProxyHeader } from "./flow-observation.ts";
import type { FlowRows } from "./flow-rows.ts";
import { answersNewConnection, isOpening, isSynAck, opensNewConnection } from "./tcp-state.ts";

export class TcpTracker {
  /** By row. */
  readonly proxyHeaders = new Map<number, ProxyHeader>();
  readonly httpRequests = new Map<number, HttpRequestHeader>();
  readonly #rows: FlowRows;
  readonly #directions: DirectionStore;

  constructor(rows: FlowRows, directions: DirectionStore) {
    this.#rows = rows;
    this.#directions = directions;
  }

  /** Whether a segment with SYN belongs to another connection than the row that its tuple leads to. */
  isAnotherConnection(flow: FlowPointer, layer: IpLayer): boolean {
    const rows = this.#rows;
    const directions = this.#directions;
    const row = flow >>> 1;
    const peer = flow ^ 1;
    const hasIsn = directions.hasIsn(flow);
    const ownIsn = hasIsn ? directions.isn(flow) : 0;
    const peerOpened = directions.hasIsn(peer);
    const traits = rows.word(row, ROW_TRAITS);
    const acknowledged = (traits & TRAIT_SYN_ACK) !== 0;
    const acknowledgedIsn = this.#acknowledgedIsn(row, traits);
    const isn = layer.tcpSequence | 0;
    if (isSynAck(layer.tcpFlags)) {
      return answersNewConnection(
        isn,
        layer.tcpAck | 0,
        hasIsn,
        ownIsn,
        peerOpened,
        acknowledged,
        acknowledgedIsn,
      );
    }
    if (!isOpening(layer.tcpFlags)) return false;
    const flags = directions.tcpFlags(flow) | directions.tcpFlags(peer);
    const hasSequence = directions.hasSequence(flow);
    return opensNewConnection(
      isn,
      hasIsn,
      ownIsn,
      peerOpened,
      acknowledged && peerOpened,
      acknowledgedIsn,
      flags,
      hasSequence,
      hasSequence ? directions.sequenceStart(flow) : 0,
    );
  }

  /** What the row keeps of a SYN-ACK. */
  noteSynAck(flow: FlowPointer, layer: IpLayer): void {
    if (!isSynAck(layer.tcpFlags)) return;
    const row = flow >>> 1;
    const traits = this.#rows.word(row, ROW_TRAITS);
    if ((traits & TRAIT_SYN_ACK) !== 0) return;
    const isn = (layer.tcpAck - 1) | 0;
    const peer = flow ^ 1;
    let which = 0;
    if (this.#directions.hasIsn(peer) && this.#directions.isn(peer) === isn)
      which = (peer & 1) === 0 ? TRAIT_ACKNOWLEDGES_A : TRAIT_ACKNOWLEDGES_B;
    else this.#rows.acknowledgedIsns.set(row, isn);
    this.#rows.set(row, ROW_TRAITS, traits | TRAIT_SYN_ACK | which);
  }

  /** Says nothing before a SYN-ACK. A direction's ISN never changes once it is known. */
  #acknowledgedIsn(row: number, traits: number): number {
    if ((traits & TRAIT_ACKNOWLEDGES_A) !== 0) return this.#directions.isn(row * 2);
    if ((traits & TRAIT_ACKNOWLEDGES_B) !== 0) return this.#directions.isn(row * 2 + 1);
    return this.#rows.acknowledgedIsns.get(row);
  }

  /** The first payload seen in a direction: keeps the PROXY protocol or HTTP header that it may begin with. */
  noteFirstPayload(flow: FlowPointer, layer: IpLayer, view: DataView, record: number): void {
    if (looksLikeProxyHeader(view, layer.payloadOffset, layer.payloadEnd)) {
      this.#keepProxyHeader(flow, layer, view, record);
    } else if (looksLikeHttpRequest(view, layer.payloadOffset, layer.payloadEnd)) {
      this.#keepHttpRequest(flow >>> 1, layer, view, record);
    }
  }

  #keepHttpRequest(row: number, layer: IpLayer, view: DataView, record: number): void {
    if (this.httpRequests.has(row)) return;
    const request = parseHttpRequest(view, layer.payloadOffset, layer.payloadEnd);
    if (request !== null) this.httpRequests.set(row, { ...request, record });
  }

  /** A PROXY protocol header stands at the very start of a stream or it is payload that looks like one. */
  #keepProxyHeader(flow: FlowPointer, layer: IpLayer, view: DataView, record: number): void {
    const row = flow >>> 1;
    const startsStream =
      !this.#directions.hasIsn(flow) ||
      ((dataSequence(layer) - this.#directions.isn(flow) - 1) | 0) === 0;
    if (!startsStream || this.proxyHeaders.has(row)) return;
    const header = parseProxyHeader(view, layer.payloadOffset, layer.payloadEnd);
    if (header !== null) this.proxyHeaders.set(row, { ...header, record });
  }
}
