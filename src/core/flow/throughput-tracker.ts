/** Which rows have enough data for bytes over time, and each packet into its row's series. */
import type { DirectionStore } from "./direction-store.ts";
import {
  ROW_TRAITS,
  TRAIT_NO_SERIES,
  TRAIT_SERIES_MASK,
  TRAIT_SERIES_SHIFT,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import type { FlowRows } from "./flow-rows.ts";
import { ThroughputTable } from "./throughput.ts";

export class ThroughputTracker {
  readonly table = new ThroughputTable();
  /** Rows that had enough data and found no room. */
  withoutSeries = 0;
  readonly #rows: FlowRows;
  readonly #directions: DirectionStore;

  constructor(rows: FlowRows, directions: DirectionStore) {
    this.#rows = rows;
    this.#directions = directions;
  }

  /**
   * A packet, before the row's own sums have it. Of use once the row has a series, or the packet's direction SERIES_FROM_BYTES:
   * the caller looks, because it has the row at hand.
   */
  count(flow: FlowPointer, seconds: number, nanos: number, bytes: number): void {
    const row = flow >>> 1;
    const traits = this.#rows.word(row, ROW_TRAITS);
    let series = (traits & TRAIT_SERIES_MASK) >> TRAIT_SERIES_SHIFT;
    if (series === 0) {
      series = this.#open(row, traits, seconds, nanos);
      if (series === 0) return;
    }
    this.table.add(series - 1, flow & 1, seconds, nanos, bytes);
  }

  /** Slot + 1; 0 = no room. */
  #open(row: number, traits: number, seconds: number, nanos: number): number {
    if (this.table.isFull) {
      if ((traits & TRAIT_NO_SERIES) === 0) {
        this.withoutSeries += 1;
        this.#rows.set(row, ROW_TRAITS, traits | TRAIT_NO_SERIES);
      }
      return 0;
    }
    const directions = this.#directions;
    const forward = row * 2;
    const slot = this.table.open(directions.firstSeconds(forward), directions.firstNanos(forward));
    this.table.spread(slot, 0, seconds, nanos, directions.bytes(forward));
    this.table.spread(slot, 1, seconds, nanos, directions.bytes(forward | 1));
    this.#rows.set(row, ROW_TRAITS, traits | ((slot + 1) << TRAIT_SERIES_SHIFT));
    return slot + 1;
  }
}
