/** Counts where decoding ended early, per capture, stop code and layer, with the numbers of the first case of each. */

import type { DecodeStopCode, LayerCode, LengthSourceCode } from "../wire/decode-stop.ts";
import { LAYER_NAMES } from "../wire/decode-stop.ts";
import type { PacketView } from "../wire/packet-view.ts";

export interface DecodeStopTally {
  readonly capture: number;
  readonly stop: DecodeStopCode;
  readonly layer: LayerCode;
  readonly count: number;
  readonly firstRecord: number;
  /** Of the first case: bytes from the start of the frame to the layer, and what the layer needed and had. */
  readonly offset: number;
  readonly required: number;
  readonly available: number;
  readonly lengthSource: LengthSourceCode;
}

const LAYERS = LAYER_NAMES.length;
const STOP_CODES = 5;

const COUNT = 0;
const FIRST_RECORD = 1;
const OFFSET = 2;
const REQUIRED = 3;
const AVAILABLE = 4;
const LENGTH_SOURCE = 5;
const WIDTH = 6;

export class DecodeStopCounter {
  /** By capture; doubles, so that no count overflows. Captures without a stop have none. */
  readonly #captures = new Map<number, Float64Array>();
  #capture = 0;
  #current: Float64Array | null = null;

  beginCapture(capture: number): void {
    this.#capture = capture;
    this.#current = this.#captures.get(capture) ?? null;
  }

  count(packet: PacketView, record: number): void {
    const tally = this.#current ?? this.#open();
    const at = (packet.stop * LAYERS + packet.stopLayer) * WIDTH;
    if (tally[at + COUNT] === 0) {
      tally[at + FIRST_RECORD] = record;
      tally[at + OFFSET] = packet.stopOffset - packet.frameOffset;
      tally[at + REQUIRED] = packet.stopRequired;
      tally[at + AVAILABLE] = packet.stopAvailable;
      tally[at + LENGTH_SOURCE] = packet.stopLengthSource;
    }
    tally[at + COUNT]! += 1;
  }

  /** Ordered by capture, stop code and layer. */
  list(): DecodeStopTally[] {
    const tallies: DecodeStopTally[] = [];
    for (const [capture, tally] of [...this.#captures].sort((a, b) => a[0] - b[0])) {
      for (let at = 0; at < tally.length; at += WIDTH) {
        if (tally[at + COUNT] === 0) continue;
        tallies.push({
          capture,
          stop: Math.floor(at / WIDTH / LAYERS) as DecodeStopCode,
          layer: ((at / WIDTH) % LAYERS) as LayerCode,
          count: tally[at + COUNT]!,
          firstRecord: tally[at + FIRST_RECORD]!,
          offset: tally[at + OFFSET]!,
          required: tally[at + REQUIRED]!,
          available: tally[at + AVAILABLE]!,
          lengthSource: tally[at + LENGTH_SOURCE] as LengthSourceCode,
        });
      }
    }
    return tallies;
  }

  #open(): Float64Array {
    const tally = new Float64Array(STOP_CODES * LAYERS * WIDTH);
    this.#captures.set(this.#capture, tally);
    this.#current = tally;
    return tally;
  }
}
