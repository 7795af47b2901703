/** Where a direction's ISN, its record and the SYN's options are kept: where other facts lie anyway, or apart when those differ. */

import { type IpLayer, TcpFlag } from "../wire/packet-view.ts";
import {
  type DirectionStore,
  SYN_FINGERPRINTS,
  SYN_ISN,
  SYN_OPTIONS,
  SYN_RECORD,
  SYN_WORDS,
} from "./direction-store.ts";
import {
  FIRST_RECORD,
  HAS_ISN,
  ISN_FROM_SYN_ACK,
  MARK,
  SEQUENCE_START,
  SYN_APART,
  TRAITS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import { CHUNK_MASK, CHUNK_SHIFT } from "./record-store.ts";

export class SynKeeper {
  readonly #directions: DirectionStore;

  constructor(directions: DirectionStore) {
    this.#directions = directions;
  }

  /** A segment with SYN whose numbers the direction's range has already. */
  note(flow: FlowPointer, layer: IpLayer, record: number): void {
    const directions = this.#directions;
    const traits = directions.touched(flow, TRAITS);
    if ((traits & HAS_ISN) === 0) this.#keepFirst(flow, layer, record);
    // A retransmission may carry the options that the snaplen, or the sender, left out of the first.
    else if (directions.synOptions(flow) === 0) this.#setOptions(flow, layer.tcpSynOptions);
  }

  #keepFirst(flow: FlowPointer, layer: IpLayer, record: number): void {
    const directions = this.#directions;
    const isn = layer.tcpSequence | 0;
    const isAnswer = (layer.tcpFlags & TcpFlag.Ack) !== 0;
    const hasIsn = isAnswer ? HAS_ISN | ISN_FROM_SYN_ACK : HAS_ISN;
    const isPlain =
      directions.first(flow, FIRST_RECORD) === (record | 0) &&
      directions.touched(flow, SEQUENCE_START) === isn &&
      directions.fingerprintCount(flow) === 0;
    if (isPlain) {
      directions.setFirst(flow, MARK, layer.tcpSynOptions);
      directions.addTraits(flow, hasIsn);
    } else {
      this.#keepApart(flow, isn, record, layer.tcpSynOptions);
      directions.addTraits(flow, hasIsn | SYN_APART);
    }
  }

  /** Before the range's start moves away from the ISN. */
  setApart(flow: FlowPointer): void {
    const directions = this.#directions;
    this.#keepApart(
      flow,
      directions.isn(flow),
      directions.isnRecord(flow),
      directions.synOptions(flow),
    );
    directions.addTraits(flow, SYN_APART);
  }

  #keepApart(flow: FlowPointer, isn: number, record: number, options: number): void {
    const { syns } = this.#directions;
    const slot = syns.allocate();
    const words = syns.ints[slot >>> CHUNK_SHIFT]!;
    const at = (slot & CHUNK_MASK) * SYN_WORDS;
    words[at + SYN_ISN] = isn;
    words[at + SYN_RECORD] = record;
    words[at + SYN_OPTIONS] = options;
    words[at + SYN_FINGERPRINTS] = this.#directions.first(flow, MARK);
    this.#directions.setFirst(flow, MARK, slot);
  }

  #setOptions(flow: FlowPointer, options: number): void {
    const directions = this.#directions;
    if ((directions.touched(flow, TRAITS) & SYN_APART) === 0) {
      directions.setFirst(flow, MARK, options);
      return;
    }
    const slot = directions.first(flow, MARK);
    directions.syns.ints[slot >>> CHUNK_SHIFT]![(slot & CHUNK_MASK) * SYN_WORDS + SYN_OPTIONS] =
      options;
  }
}
