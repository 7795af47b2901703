/** What vantage points are told from. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot, NodeState } from "../cluster/snapshot.ts";
import type { FlowObservation, Tap } from "../flow/flow-observation.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import type { AwsTunnel } from "./aws-tunnel.ts";

export interface LabelledCapture {
  readonly file: string;
  readonly label: {
    readonly node?: string;
    readonly interface?: string;
    readonly pod?: string;
  } | null;
  /** Names of the capture's interfaces, by interface index; null when the file is no capture. */
  readonly info: { readonly interfaces: readonly { readonly name?: string }[] } | null;
}

export interface VantageInput {
  readonly taps: readonly Tap[];
  /** Those that have been made, with what AWS brought on taps of its own. */
  readonly rows: readonly FlowObservation[];
  /** All rows; null when all have been made. */
  readonly columns: RowColumns | null;
  readonly captures: readonly LabelledCapture[];
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
  /** By index of the taps that stand for what a tunnel of AWS brought. */
  readonly awsTunnels: ReadonlyMap<number, AwsTunnel>;
}

/** Every row, each made when it is asked for: for the few questions that no number answers. */
export function* everyRow({ rows, columns }: VantageInput): Generator<FlowObservation> {
  if (columns === null) {
    yield* rows;
    return;
  }
  let next = 0;
  for (let row = 0; row < columns.length; row++) {
    const made = rows[next];
    if (made?.id === row) next += 1;
    yield made?.id === row ? made : columns.observation(row);
  }
}

export function stateOf(node: string | null, snapshot: ClusterSnapshot): NodeState | null {
  if (node === null) return null;
  return snapshot.nodeStates.find((state) => state.node === node) ?? null;
}
