/** The connections of rows that stand alone: what is known of them as numbers, and each as a whole when somebody asks for it. */
import type { RowColumns } from "../flow/row-columns.ts";
import { type BuildInput, connectionOfOne } from "./build-connections.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionMaker, ConnectionOrder } from "./connection-order.ts";
import { legOf } from "./group-legs.ts";
import { type KnownListeners, orientRow, type Told } from "./orient.ts";
import type { VantagePoint } from "./vantage-point.ts";

export class LoneConnections implements ConnectionMaker {
  readonly rows: RowColumns;
  readonly #order: ConnectionOrder;
  readonly #build: BuildInput;
  readonly #listeners: KnownListeners;

  constructor(
    rows: RowColumns,
    order: ConnectionOrder,
    build: BuildInput,
    listeners: KnownListeners,
  ) {
    this.rows = rows;
    this.#order = order;
    this.#build = build;
    this.#listeners = listeners;
  }

  /** The row that the connection with this index is, -1 when it was made of several, or may have been. */
  rowOf(index: number): number {
    const from = this.#order[index] ?? -1;
    return from < 0 ? -1 : from;
  }

  /** Who started. */
  originator(row: number): Told {
    return orientRow(this.rows, row, this.#listeners);
  }

  vantagePoint(row: number): VantagePoint | undefined {
    return this.#build.byTap[this.rows.tap(row)];
  }

  make(row: number, index: number): Connection {
    const leg = legOf([this.rows.observation(row)], this.#listeners);
    return connectionOfOne(leg, index, this.#build);
  }

  /** Where any of them was seen. */
  places(): Set<VantagePoint> {
    const found = new Set<VantagePoint>();
    let last: VantagePoint | undefined;
    for (const row of this.#order) {
      const point = row < 0 ? undefined : this.vantagePoint(row);
      if (point === undefined || point === last) continue;
      last = point;
      found.add(point);
    }
    return found;
  }
}
