/** Where the two directions of each row keep what was counted, and its single facts as numbers. */
import {
  ANOMALIES,
  BACKWARD_FIRST,
  BACKWARD_WORDS,
  BYTES,
  FINGERPRINT_COUNT_MASK,
  FINGERPRINT_COUNT_SHIFT,
  FIRST_NANOS,
  FIRST_RECORD,
  FIRST_SECONDS,
  FIRST_WORDS,
  HAS_ISN,
  HAS_SEQUENCE,
  ISN_FROM_SYN_ACK,
  MARK,
  PAYLOAD_BYTES,
  ROW_BACKWARD,
  ROW_FORWARD,
  ROW_WORDS,
  SEQUENCE_START,
  SYN_APART,
  TRAITS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";
import { SparseColumn } from "./sparse-column.ts";

/** Words of the SYN store. */
export const SYN_ISN = 0;
export const SYN_RECORD = 1;
export const SYN_OPTIONS = 2;
/** Slot of the fingerprints, while their number is not 0. */
export const SYN_FINGERPRINTS = 3;
export const SYN_WORDS = 4;

const TWO_TO_32 = 4_294_967_296;

export class DirectionStore {
  /** The flows' rows, in which the touched words a -> b lie. */
  readonly rows: RecordStore;
  /** What the first packet a -> b sets, by row. */
  readonly forwardFirst: RecordStore;
  /** Whole directions b -> a. */
  readonly backward = new RecordStore(BACKWARD_WORDS);
  /** SYNs that are not where MARK says. */
  readonly syns = new RecordStore(SYN_WORDS);
  /** How often the sums passed 2^32, by pointer. */
  readonly bytesCarried = new SparseColumn();
  readonly payloadCarried = new SparseColumn();

  constructor(rows: RecordStore, forwardFirst: RecordStore) {
    this.rows = rows;
    this.forwardFirst = forwardFirst;
  }

  /** Whether any packet went this way. */
  exists(flow: FlowPointer): boolean {
    return (flow & 1) === 0 || this.#backwardEntry(flow) !== 0;
  }

  /** A touched field (flow-columns.ts) of a direction that exists, signed: a larger number would be boxed by a call. */
  touched(flow: FlowPointer, field: number): number {
    if ((flow & 1) === 0) {
      const row = flow >>> 1;
      const at = (row & CHUNK_MASK) * ROW_WORDS + ROW_FORWARD;
      return this.rows.ints[row >>> CHUNK_SHIFT]![at + field]!;
    }
    const id = this.#backwardEntry(flow) - 1;
    return this.backward.ints[id >>> CHUNK_SHIFT]![(id & CHUNK_MASK) * BACKWARD_WORDS + field]!;
  }

  addTraits(flow: FlowPointer, traits: number): void {
    if ((flow & 1) === 0) {
      const row = flow >>> 1;
      const at = (row & CHUNK_MASK) * ROW_WORDS + ROW_FORWARD;
      this.rows.ints[row >>> CHUNK_SHIFT]![at + TRAITS]! |= traits;
    } else {
      const id = this.#backwardEntry(flow) - 1;
      const at = (id & CHUNK_MASK) * BACKWARD_WORDS;
      this.backward.ints[id >>> CHUNK_SHIFT]![at + TRAITS]! |= traits;
    }
  }

  /** A field that the first packet set, of a direction that exists, signed. */
  first(flow: FlowPointer, field: number): number {
    return this.firstWords(flow)[this.firstAt(flow) + field]!;
  }

  setFirst(flow: FlowPointer, field: number, value: number): void {
    this.firstWords(flow)[this.firstAt(flow) + field] = value;
  }

  /** The chunk in which `first` looks, and where. */
  firstWords(flow: FlowPointer): Int32Array {
    if ((flow & 1) === 0) return this.forwardFirst.ints[flow >>> (CHUNK_SHIFT + 1)]!;
    return this.backward.ints[(this.#backwardEntry(flow) - 1) >>> CHUNK_SHIFT]!;
  }

  firstAt(flow: FlowPointer): number {
    if ((flow & 1) === 0) return ((flow >>> 1) & CHUNK_MASK) * FIRST_WORDS;
    return ((this.#backwardEntry(flow) - 1) & CHUNK_MASK) * BACKWARD_WORDS + BACKWARD_FIRST;
  }

  hasIsn(flow: FlowPointer): boolean {
    return this.exists(flow) && (this.touched(flow, TRAITS) & HAS_ISN) !== 0;
  }

  /** The ISN and its record are those of other fields (MARK in flow-columns.ts). */
  hasPlainIsn(flow: FlowPointer): boolean {
    return (this.touched(flow, TRAITS) & (HAS_ISN | SYN_APART)) === HAS_ISN;
  }

  isnIsOfSynAck(flow: FlowPointer): boolean {
    return (this.touched(flow, TRAITS) & ISN_FROM_SYN_ACK) !== 0;
  }

  /** Signed. */
  isn(flow: FlowPointer): number {
    if (this.#isApart(flow)) return this.#syn(flow, SYN_ISN);
    return this.touched(flow, SEQUENCE_START);
  }

  isnRecord(flow: FlowPointer): number {
    if (this.#isApart(flow)) return this.#syn(flow, SYN_RECORD) >>> 0;
    return this.first(flow, FIRST_RECORD) >>> 0;
  }

  /** Hash of the SYN's options, 0 = none seen. */
  synOptions(flow: FlowPointer): number {
    if (this.#isApart(flow)) return this.#syn(flow, SYN_OPTIONS);
    return this.hasIsn(flow) ? this.first(flow, MARK) : 0;
  }

  fingerprintCount(flow: FlowPointer): number {
    return (this.touched(flow, TRAITS) >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
  }

  /** Says nothing while there are none. */
  fingerprintSlot(flow: FlowPointer): number {
    return this.#isApart(flow) ? this.#syn(flow, SYN_FINGERPRINTS) : this.first(flow, MARK);
  }

  tcpFlags(flow: FlowPointer): number {
    return this.exists(flow) ? this.touched(flow, TRAITS) & 255 : 0;
  }

  hasSequence(flow: FlowPointer): boolean {
    return this.exists(flow) && (this.touched(flow, TRAITS) & HAS_SEQUENCE) !== 0;
  }

  /** Signed. */
  sequenceStart(flow: FlowPointer): number {
    return this.touched(flow, SEQUENCE_START);
  }

  bytes(flow: FlowPointer): number {
    if (!this.exists(flow)) return 0;
    return (this.touched(flow, BYTES) >>> 0) + this.bytesCarried.get(flow) * TWO_TO_32;
  }

  payloadBytes(flow: FlowPointer): number {
    if (!this.exists(flow)) return 0;
    return (this.touched(flow, PAYLOAD_BYTES) >>> 0) + this.payloadCarried.get(flow) * TWO_TO_32;
  }

  firstSeconds(flow: FlowPointer): number {
    return this.first(flow, FIRST_SECONDS) >>> 0;
  }

  firstNanos(flow: FlowPointer): number {
    return this.first(flow, FIRST_NANOS);
  }

  /** Slot + 1, 0 = none. */
  anomalies(flow: FlowPointer): number {
    return this.exists(flow) ? this.first(flow, ANOMALIES) : 0;
  }

  /** The direction b -> a + 1, 0 while no packet went that way. */
  #backwardEntry(flow: FlowPointer): number {
    const row = flow >>> 1;
    return this.rows.ints[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_WORDS + ROW_BACKWARD]!;
  }

  #isApart(flow: FlowPointer): boolean {
    return (this.touched(flow, TRAITS) & SYN_APART) !== 0;
  }

  #syn(flow: FlowPointer, field: number): number {
    const slot = this.first(flow, MARK);
    return this.syns.ints[slot >>> CHUNK_SHIFT]![(slot & CHUNK_MASK) * SYN_WORDS + field]!;
  }
}
