/** The connections that a finding rule is given: by their indexes, each made when it is asked for. */
import type { Sequence } from "../sequence.ts";
import type { LoneSight } from "./lone-sight.ts";
import type { Classified } from "./rule.ts";
import { firstLeg, lastLeg, workloadOf } from "./subject.ts";
import { WorkloadKeys } from "./workload-keys.ts";

/** Where connections are by index. */
export interface ClassifiedSource {
  at(index: number): Classified | undefined;
  /**
   * What is told of the connection without making it; null when it must be made. It holds until the next call.
   */
  alone(index: number): LoneSight | null;
  readonly workloads: WorkloadKeys;
  /** By VantagePoint.id: the records of all connections there. */
  recordsByPlace(): ReadonlyMap<string, number>;
}

/** Adds up what connections were seen with, by place. */
export function addRecords(into: Map<string, number>, { subject }: Classified): void {
  for (const { vantagePoint, orig, resp } of subject.connection.observations)
    into.set(vantagePoint.id, (into.get(vantagePoint.id) ?? 0) + orig.records + resp.records);
}

export class Members implements Sequence<Classified> {
  readonly source: ClassifiedSource;
  /** Connection.index of each. */
  readonly indexes: Int32Array;

  constructor(source: ClassifiedSource, indexes: Int32Array) {
    this.source = source;
    this.indexes = indexes;
  }

  get length(): number {
    return this.indexes.length;
  }

  at(position: number): Classified | undefined {
    const index = this.indexes.at(position);
    return index === undefined ? undefined : this.source.at(index);
  }

  *[Symbol.iterator](): Iterator<Classified> {
    for (const index of this.indexes) {
      const one = this.source.at(index);
      if (one !== undefined) yield one;
    }
  }

  /** The first few, made. */
  head(count: number): Classified[] {
    return [...this.of(this.indexes.subarray(0, count))];
  }

  map<T>(of: (one: Classified) => T): T[] {
    return Array.from(this, of);
  }

  flatMap<T>(of: (one: Classified) => readonly T[]): T[] {
    const found: T[] = [];
    for (const one of this) for (const item of of(one)) found.push(item);
    return found;
  }

  some(is: (one: Classified) => boolean): boolean {
    for (const one of this) if (is(one)) return true;
    return false;
  }

  /** Over all of them, without making a connection where that can be. */
  sum(ofSight: (sight: LoneSight) => number, of: (one: Classified) => number): number {
    let total = 0;
    for (const index of this.indexes) {
      const sight = this.source.alone(index);
      const one = sight === null ? this.source.at(index) : undefined;
      total += sight !== null ? ofSight(sight) : one === undefined ? 0 : of(one);
    }
    return total;
  }

  /** The first few texts that differ, without making a connection where that can be. */
  distinct(
    count: number,
    ofSight: (sight: LoneSight) => string,
    of: (one: Classified) => string,
  ): string[] {
    const found = new Set<string>();
    for (const index of this.indexes) {
      const sight = this.source.alone(index);
      const one = sight === null ? this.source.at(index) : undefined;
      if (sight !== null) found.add(ofSight(sight));
      else if (one !== undefined) found.add(of(one));
      if (found.size === count) break;
    }
    return [...found];
  }

  filter(is: (one: Classified) => boolean): Members {
    return this.filterIndexes((index) => {
      const one = this.source.at(index);
      return one !== undefined && is(one);
    });
  }

  /** Asks what needs no connection first; null from it: the connection is made and asked. */
  filterAlone(
    isAlone: (sight: LoneSight) => boolean | null,
    is: (one: Classified) => boolean,
  ): Members {
    return this.filterIndexes((index) => {
      const sight = this.source.alone(index);
      const told = sight === null ? null : isAlone(sight);
      if (told !== null) return told;
      const one = this.source.at(index);
      return one !== undefined && is(one);
    });
  }

  /** Others, or some of these. */
  of(indexes: Int32Array): Members {
    return new Members(this.source, indexes);
  }

  /** Those of a map by Connection.index, in its order. */
  keysOf(map: ReadonlyMap<number, unknown>): Members {
    return this.of(Int32Array.from(map.keys()));
  }

  filterIndexes(is: (index: number) => boolean): Members {
    const found = new Int32Array(this.indexes.length);
    let count = 0;
    for (const index of this.indexes) {
      if (!is(index)) continue;
      found[count] = index;
      count += 1;
    }
    return this.of(found.slice(0, count));
  }

  /** Both workloads of a connection as numbers (WorkloadKeys), without making it where that can be. */
  workloadPair(index: number): readonly [number, number] {
    const sight = this.source.alone(index);
    if (sight !== null) return [sight.workloadKey("orig"), sight.workloadKey("resp")];
    const one = this.source.at(index);
    if (one === undefined) return [0, 0];
    const { orig, resp, connection } = one.subject;
    return [
      this.source.workloads.ofText(workloadOf(orig, firstLeg(connection).orig.address)),
      this.source.workloads.ofText(workloadOf(resp, lastLeg(connection).resp.address)),
    ];
  }

  /** The port where it ended. */
  respPort(index: number): number | null {
    const sight = this.source.alone(index);
    if (sight !== null) return sight.port("resp");
    const one = this.source.at(index);
    return one === undefined ? null : lastLeg(one.subject.connection).resp.port;
  }
}

/** Connections that have all been made, in their order. */
export function membersOf(classified: readonly Classified[]): Members {
  const byIndex = new Map(classified.map((one) => [one.subject.connection.index, one]));
  return new Members(
    {
      at: (index) => byIndex.get(index),
      alone: () => null,
      workloads: new WorkloadKeys(),
      recordsByPlace: () => {
        const records = new Map<string, number>();
        for (const one of classified) addRecords(records, one);
        return records;
      },
    },
    Int32Array.from(classified, (one) => one.subject.connection.index),
  );
}
