/**
 * Verdicts on all connections of an analysis. Those that were made stay; of those that are a row by itself two numbers are kept, its
 * verdict and its traits, and the rest is made again when somebody asks.
 */
import type { Connection } from "../correlate/connection.ts";
import type { LoneConnections } from "../correlate/lone-connections.ts";
import type { Sequence } from "../sequence.ts";
import type { ConnectionColumns } from "./connection-columns.ts";
import type { LoneProfiles } from "./lone-profiles.ts";
import type { LoneSight } from "./lone-sight.ts";
import { lonePacketTraits } from "./lone-traits.ts";
import { addRecords, type ClassifiedSource, Members } from "./members.ts";
import type { Classified, PathMatch } from "./rule.ts";
import { type Concern, concerns, packetTraits, placeTraits, Trait } from "./traits.ts";
import type { WorkloadKeys } from "./workload-keys.ts";

/** What stands alone, and how it is told by numbers. */
export interface LoneParts {
  readonly lone: LoneConnections;
  readonly profiles: LoneProfiles;
  readonly sight: LoneSight;
}

/** Of one profile: what a verdict on one of its rows says of all of them. */
interface ProfileVerdict {
  readonly verdict: number;
  readonly traits: number;
}

export class ClassifiedList implements Sequence<Classified>, ClassifiedSource {
  readonly workloads: WorkloadKeys;
  readonly columns: ConnectionColumns;
  readonly #connections: Sequence<Connection>;
  readonly #judge: (connection: Connection) => Classified;
  readonly #parts: LoneParts | null;
  readonly #made = new Map<number, Classified>();
  /** By index: number of what columns tell of a verdict; the traits; 1 where a profile told both. */
  readonly #verdicts: Int32Array;
  readonly #traits: Int32Array;
  readonly #isProfiled: Uint8Array;
  readonly #counts = new Map<number, number>();
  readonly #told: Pick<PathMatch, "class" | "confidence" | "wouldDecide">[] = [];
  readonly #numbers = new Map<string, number>();
  #last: Classified | null = null;

  /** @param judge the verdict and all that belongs to it, the long way */
  constructor(
    connections: Sequence<Connection>,
    judge: (connection: Connection) => Classified,
    parts: LoneParts | null,
    workloads: WorkloadKeys,
  ) {
    this.#connections = connections;
    this.#judge = judge;
    this.#parts = parts;
    this.workloads = workloads;
    this.#verdicts = new Int32Array(connections.length);
    this.#traits = new Int32Array(connections.length);
    this.#isProfiled = new Uint8Array(connections.length);
    this.#judgeAll();
    this.columns = this.#makeColumns();
  }

  get length(): number {
    return this.#connections.length;
  }

  at(position: number): Classified | undefined {
    const index = position < 0 ? this.length + position : position;
    const made = this.#made.get(index);
    if (made !== undefined) return made;
    // Several rules in turn ask for the same one.
    if (this.#last?.subject.connection.index === index) return this.#last;
    const connection = this.#connections.at(index);
    if (connection === undefined) return undefined;
    this.#last = this.#judge(connection);
    return this.#last;
  }

  *[Symbol.iterator](): Iterator<Classified> {
    for (let index = 0; index < this.length; index++) {
      const one = this.at(index);
      if (one !== undefined) yield one;
    }
  }

  alone(index: number): LoneSight | null {
    if (this.#parts === null || this.#isProfiled[index] !== 1) return null;
    this.#parts.sight.turnTo(this.#parts.lone.rowOf(index));
    return this.#parts.sight;
  }

  /** Those that a rule may be about, by index. */
  having(concern: Concern): Members {
    let count = 0;
    for (const [traits, having] of this.#countByTraits())
      if (concerns(concern, traits)) count += having;
    const indexes = new Int32Array(count);
    const { all = 0, any = -1 } = concern;
    // `any` left out asks for nothing, also of a connection without any trait.
    const isFree = concern.any === undefined;
    const traits = this.#traits;
    for (let index = 0, at = 0; at < count; index++) {
      const one = traits[index] ?? 0;
      if ((one & all) !== all || !(isFree || (one & any) !== 0)) continue;
      indexes[at] = index;
      at += 1;
    }
    return new Members(this, indexes);
  }

  /** How many connections have the same traits: most rules are told by these few words that nothing concerns them. */
  #countByTraits(): ReadonlyMap<number, number> {
    if (this.#counts.size > 0) return this.#counts;
    for (const traits of this.#traits)
      this.#counts.set(traits, (this.#counts.get(traits) ?? 0) + 1);
    return this.#counts;
  }

  recordsByPlace(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const one of this.#made.values()) addRecords(found, one);
    if (this.#parts === null) return found;
    const { lone } = this.#parts;
    for (let index = 0; index < this.length; index++) {
      const row = lone.rowOf(index);
      const id = row < 0 ? undefined : lone.vantagePoint(row)?.id;
      if (id === undefined) continue;
      const records = lone.rows.records(row * 2) + lone.rows.records(row * 2 + 1);
      found.set(id, (found.get(id) ?? 0) + records);
    }
    return found;
  }

  #judgeAll(): void {
    const profiles: ProfileVerdict[] = [];
    for (let index = 0; index < this.length; index++) {
      const row = this.#parts?.lone.rowOf(index) ?? -1;
      if (row < 0 || this.#parts === null) this.#judgeMade(index);
      else this.#judgeRow(this.#parts, row, index, profiles);
    }
  }

  #judgeMade(index: number): void {
    const connection = this.#connections.at(index);
    if (connection === undefined) return;
    const one = this.#judge(connection);
    this.#made.set(index, one);
    this.#verdicts[index] = this.#numberOf(one.verdict);
    this.#traits[index] = Trait.NotAlone | traitsOf(one);
  }

  #judgeRow(parts: LoneParts, row: number, index: number, known: ProfileVerdict[]): void {
    const told = parts.lone.originator(row);
    const profile = parts.profiles.of(row, told);
    let verdict = known[profile];
    if (verdict === undefined) {
      const connection = parts.lone.make(row, index);
      const one = this.#judge(connection);
      verdict = {
        verdict: this.#numberOf(one.verdict),
        traits: placeTraits(one.subject, one.verdict),
      };
      if (profile >= 0) known[profile] = verdict;
    }
    if (profile >= 0) this.#isProfiled[index] = 1;
    const orig = told.originator === "a" ? row * 2 : row * 2 + 1;
    this.#verdicts[index] = verdict.verdict;
    this.#traits[index] = verdict.traits | lonePacketTraits(parts.lone.rows, orig);
  }

  #numberOf({ class: pathClass, confidence, wouldDecide }: PathMatch): number {
    const name = `${pathClass} ${confidence} ${wouldDecide ?? ""}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#told.length;
      const open = wouldDecide === undefined ? {} : { wouldDecide };
      this.#told.push({ class: pathClass, confidence, ...open });
      this.#numbers.set(name, number);
    }
    return number;
  }

  #makeColumns(): ConnectionColumns {
    const told = (index: number) => {
      const found = this.#told[this.#verdicts[index] ?? 0];
      if (found === undefined) throw new RangeError(`connection ${index} of ${this.length}`);
      return found;
    };
    /** Of one of a row: both directions. Of another: as it is told. */
    const count = (
      index: number,
      ofFlow: (lone: LoneConnections, flow: number) => number,
      of: (connection: Connection) => number,
    ): number => {
      const made = this.#made.get(index);
      if (made !== undefined) return of(made.subject.connection);
      if (this.#parts === null) return 0;
      const { lone } = this.#parts;
      const row = lone.rowOf(index);
      return ofFlow(lone, row * 2) + ofFlow(lone, row * 2 + 1);
    };
    const records = (lone: LoneConnections, flow: number) => lone.rows.records(flow);
    return {
      length: this.length,
      pathClass: (index) => told(index).class,
      confidence: (index) => told(index).confidence,
      wouldDecide: (index) => told(index).wouldDecide,
      packets: (index) => count(index, records, ({ packets }) => packets.orig + packets.resp),
      bytes: (index) =>
        count(
          index,
          (lone, flow) => lone.rows.bytes(flow),
          ({ bytes }) => bytes.orig + bytes.resp,
        ),
      records: (index) => count(index, records, recordsOf),
    };
  }
}

export function traitsOf({ subject, verdict }: Classified): number {
  return packetTraits(subject.connection) | placeTraits(subject, verdict);
}

function recordsOf({ observations }: Connection): number {
  return observations.reduce((sum, { orig, resp }) => sum + orig.records + resp.records, 0);
}
