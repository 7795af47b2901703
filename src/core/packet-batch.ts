/**
 * The way of records through the data plane, a few at a time: a look at each, the flows of all, then each is counted, in the order of
 * the file. What the look could not foretell is decoded. Which way a record takes changes nothing but the time.
 */
import type { RecordCursor } from "./capture/record-cursor.ts";
import type { FlowTable } from "./flow/flow-table.ts";
import { BATCH_PACKETS } from "./flow/header-prediction.ts";
import { decodeFrame } from "./wire/decode-link.ts";
import { PacketView, type WireSettings } from "./wire/packet-view.ts";

export class PacketBatch {
  readonly #packet: PacketView;
  readonly #flows: FlowTable;
  /** What the cursor said of each record; `ends` are offsets in the view, like `offsets`. */
  readonly #offsets = new Int32Array(BATCH_PACKETS);
  readonly #ends = new Int32Array(BATCH_PACKETS);
  readonly #seconds = new Uint32Array(BATCH_PACKETS);
  readonly #nanos = new Uint32Array(BATCH_PACKETS);
  readonly #wireLengths = new Uint32Array(BATCH_PACKETS);
  readonly #checks = new Int32Array(BATCH_PACKETS);
  readonly #interfaces = new Int32Array(BATCH_PACKETS);
  readonly #linkTypes = new Int32Array(BATCH_PACKETS);
  /** Number of the first record; the others follow. */
  #firstRecord = 0;
  #length = 0;

  constructor(settings: WireSettings, flows: FlowTable) {
    this.#packet = new PacketView(settings);
    this.#flows = flows;
  }

  /** Takes the record that the cursor stands on. When true is answered the batch is full: `flush` must follow. */
  add(cursor: RecordCursor): boolean {
    const { view, frameOffset, linkType, interfaceIndex } = cursor;
    const check = cursor.frameCheckLength;
    // The check sequence is on the wire, but it is no content that a length could be told from.
    const content = cursor.wireLength - check;
    const captured =
      check > 0 ? Math.max(Math.min(cursor.capturedLength, content), 0) : cursor.capturedLength;
    const end = frameOffset + captured;
    const index = this.#length;
    if (index === 0) this.#firstRecord = cursor.record;
    this.#offsets[index] = frameOffset;
    this.#ends[index] = end;
    this.#seconds[index] = cursor.seconds;
    this.#nanos[index] = cursor.nanos;
    this.#wireLengths[index] = cursor.wireLength;
    this.#checks[index] = check;
    this.#interfaces[index] = interfaceIndex;
    this.#linkTypes[index] = linkType;
    this.#flows.prediction.look(index, view, frameOffset, end, linkType, interfaceIndex);
    this.#length = index + 1;
    return this.#length === BATCH_PACKETS;
  }

  /** Counts the records taken. `view` is where they stood when they were taken; it must not have moved since. */
  flush(view: DataView): void {
    const length = this.#length;
    this.#length = 0;
    this.#flows.prediction.locate(length);
    for (let index = 0; index < length; index++) this.#count(index, view);
  }

  #count(index: number, view: DataView): void {
    const record = this.#firstRecord + index;
    const end = this.#ends[index]!;
    const seconds = this.#seconds[index]!;
    const nanos = this.#nanos[index]!;
    const wireLength = this.#wireLengths[index]!;
    const packet = this.#packet;
    const flows = this.#flows;
    const { prediction } = flows;
    const roles = packet.udpPortRoles;
    if (prediction.count(index, view, end, record, seconds, nanos, wireLength, roles)) return;
    const offset = this.#offsets[index]!;
    const linkType = this.#linkTypes[index]!;
    const interfaceIndex = this.#interfaces[index]!;
    const content = Math.max(wireLength - this.#checks[index]!, 0);
    decodeFrame(view, offset, end - offset, content, linkType, packet);
    flows.observe(packet, view, record, seconds, nanos, wireLength, interfaceIndex, linkType);
  }
}
