/** What a rule met on its one way over the connections: counters, and the first few witnesses of each path. */
import { MAX_PATHS_PER_RULE, MAX_WITNESSES } from "../limits.ts";
import { fingerprint } from "../report/fingerprint.ts";
import type { Report, ReportConnection } from "../report/report.ts";
import type { AffectedPath, Amount, Witness } from "./gate-result.ts";
import { pathKey, type WorkloadPath, workloadPath } from "./workload-path.ts";

type Outcome = AffectedPath["outcome"];
type Counter = { connections: number; packets: number };

interface Group {
  readonly outcome: Outcome;
  readonly what: string;
  readonly path?: WorkloadPath;
  readonly amount: Counter;
  readonly witnesses: Witness[];
  readonly allowedBy?: string;
  readonly hint?: string;
}

/** Vantage point id to the file of its capture. */
export type FilesOfPlaces = ReadonlyMap<string, string>;

export function filesOfPlaces({ captures, vantagePoints }: Report): FilesOfPlaces {
  const files = new Map(captures.map(({ id, file }) => [id, file]));
  return new Map(vantagePoints.map(({ id, capture }) => [id, files.get(capture) ?? capture]));
}

const PACKETS_PER_WITNESS = 3;

export class RuleTally {
  readonly lookedAt: Counter = { connections: 0, packets: 0 };
  readonly maybe: Counter = { connections: 0, packets: 0 };
  readonly #sums: Record<Outcome, Counter> = {
    violates: { connections: 0, packets: 0 },
    open: { connections: 0, packets: 0 },
    excused: { connections: 0, packets: 0 },
  };
  /** Paths listed of each outcome: many doubts must not crowd out the violations. */
  readonly #paths: Record<Outcome, number> = { violates: 0, open: 0, excused: 0 };
  readonly #groups = new Map<string, Group>();
  readonly #places: FilesOfPlaces;
  readonly #rule: string;
  /** Connections whose paths are not listed. */
  more = 0;

  constructor(rule: string, places: FilesOfPlaces) {
    this.#rule = rule;
    this.#places = places;
  }

  look(connection: ReportConnection, isCertain: boolean): void {
    addTo(isCertain ? this.lookedAt : this.maybe, packetsOf(connection));
  }

  add(
    outcome: Outcome,
    what: string,
    connection: ReportConnection,
    more: { readonly allowedBy?: string; readonly hint?: string } = {},
  ): void {
    const path = workloadPath(connection);
    const packets = packetsOf(connection);
    addTo(this.#sums[outcome], packets);
    const group = this.#group(outcome, what, path, more);
    if (group === null) return;
    addTo(group.amount, packets);
    if (group.witnesses.length < MAX_WITNESSES)
      group.witnesses.push(witnessOf(connection, this.#places));
  }

  /** Something that is about the run and no connection. */
  addWholeRun(outcome: Outcome, what: string, more: { readonly allowedBy?: string } = {}): void {
    this.#group(outcome, what, null, more);
  }

  sum(outcome: Outcome): Amount {
    return { ...this.#sums[outcome] };
  }

  has(outcome: Outcome): boolean {
    if (this.#sums[outcome].connections > 0) return true;
    for (const group of this.#groups.values()) if (group.outcome === outcome) return true;
    return false;
  }

  /** Violations first, then open ones, then excused; within each by path. */
  list(): AffectedPath[] {
    const order: readonly Outcome[] = ["violates", "open", "excused"];
    const met = new Map<string, number>();
    // Of rule and path alone: what is said of it may name addresses, which do not stay.
    const identify = (path: WorkloadPath | undefined, what: string): string => {
      const identity = path === undefined ? what : pathKey(path);
      const count = (met.get(identity) ?? 0) + 1;
      met.set(identity, count);
      return fingerprint(this.#rule, count === 1 ? identity : `${identity}\0${count}`);
    };
    return [...this.#groups]
      .sort(
        ([a, one], [b, other]) =>
          order.indexOf(one.outcome) - order.indexOf(other.outcome) || (a < b ? -1 : 1),
      )
      .map(([, { outcome, what, path, amount, witnesses, allowedBy, hint }]) => ({
        outcome,
        what,
        ...(path === undefined ? {} : { path: { ...path, overlay: [...path.overlay] } }),
        amount: { ...amount },
        witnesses: [...witnesses],
        ...(allowedBy === undefined ? {} : { allowedBy }),
        ...(hint === undefined ? {} : { hint }),
        fingerprint: identify(path, what),
      }));
  }

  #group(
    outcome: Outcome,
    what: string,
    path: WorkloadPath | null,
    { allowedBy, hint }: { readonly allowedBy?: string; readonly hint?: string },
  ): Group | null {
    const key = `${path === null ? "" : pathKey(path)}\0${outcome}\0${what}\0${allowedBy ?? ""}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#paths[outcome] >= MAX_PATHS_PER_RULE) {
      this.more += 1;
      return null;
    }
    this.#paths[outcome] += 1;
    const group: Group = {
      outcome,
      what,
      ...(path === null ? {} : { path }),
      amount: { connections: 0, packets: 0 },
      witnesses: [],
      ...(allowedBy === undefined ? {} : { allowedBy }),
      ...(hint === undefined ? {} : { hint }),
    };
    this.#groups.set(key, group);
    return group;
  }
}

/** The first record of the connection at each of the first places, those inside a tunnel first. */
export function witnessOf({ id, observations }: ReportConnection, places: FilesOfPlaces): Witness {
  const wrapped = observations.filter(({ encapsulation }) => encapsulation !== undefined);
  const plain = observations.filter(({ encapsulation }) => encapsulation === undefined);
  return {
    connection: id,
    packets: [...wrapped, ...plain]
      .slice(0, PACKETS_PER_WITNESS)
      .map(({ vantagePoint, firstRecord }) => ({
        file: places.get(vantagePoint) ?? vantagePoint,
        record: firstRecord,
      })),
  };
}

export function packetsOf({ packets }: ReportConnection): number {
  return packets.orig + packets.resp;
}

function addTo(counter: Counter, packets: number): void {
  counter.connections += 1;
  counter.packets += packets;
}
