/**
 * Verdicts on rows that stand alone, by profile: all that a path rule can tell of such a row, in a few numbers. The rules are asked
 * once for each profile, with the first row that has it; every other row of the same profile has the same class and confidence. A
 * busy cluster has some hundred profiles; a scan has ten.
 *
 * What a rule reads and no profile has would make a wrong verdict. Two tests stand against that (test/core/classify/
 * lone-profiles.test.ts): one watches which properties the rules read, the other holds every verdict to the long way.
 */
import type { LoneConnections } from "../correlate/lone-connections.ts";
import type { Told } from "../correlate/orient.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { type AddressBook, CHANGES_HANDS } from "./address-book.ts";
import { isInitialTtl } from "./subject.ts";
import { isOriginatorKnown } from "./turned-round.ts";

const SEED = 0x5bd1e995;
/** The row is none of the plain ones: it is judged by itself. */
const NO_PROFILE = -1;

/** Bits of the word of flags. */
const ORIG_SEEN = 1;
const RESP_SEEN = 2;
const ORIG_INITIAL_TTL = 4;
const RESP_INITIAL_TTL = 8;
const ORIGINATOR_KNOWN = 16;
/** Above the flags: protocol, IP version, whether there are ports. */
const KIND_SHIFT = 8;

export class LoneProfiles {
  readonly #lone: LoneConnections;
  readonly #book: AddressBook;
  /** Ports that a path rule may know: of services and registered targets. */
  readonly #ports: ReadonlySet<number>;
  /** Words: address numbers and port facts of both ends, flags, vantage point. */
  readonly #profiles = new WordTupleTable(6, SEED);
  readonly #places = new Map<VantagePoint, number>();

  constructor(lone: LoneConnections, book: AddressBook, ports: ReadonlySet<number>) {
    this.#lone = lone;
    this.#book = book;
    this.#ports = ports;
  }

  /** The number of the row's profile, from 0 in order of first appearance, or NO_PROFILE. */
  of(row: number, { originator, by }: Told): number {
    const { rows } = this.#lone;
    if (rows.hasIcmpErrors(row) || rows.fragments(row) > 0 || rows.hasHeader(row))
      return NO_PROFILE;
    const isVersion6 = rows.isVersion6(row);
    const a = this.#book.number(rows.addressA(row), isVersion6);
    const b = this.#book.number(rows.addressB(row), isVersion6);
    if (a === CHANGES_HANDS || b === CHANGES_HANDS) return NO_PROFILE;
    const place = this.#lone.vantagePoint(row);
    if (place === undefined) return NO_PROFILE;
    const fromA = originator === "a";
    const flow = row * 2 + (fromA ? 0 : 1);
    const isKnown = isOriginatorKnown({ orientedBy: by });
    const portA = this.#portFacts(rows.hasPorts(row), rows.ports(row) >>> 16);
    const portB = this.#portFacts(rows.hasPorts(row), rows.ports(row) & 0xffff);
    const key = this.#profiles.key;
    key[0] = fromA ? a : b;
    key[1] = fromA ? b : a;
    // The rules ask for the port that was dialled; where nobody knows who dialled, for either.
    key[2] = isKnown ? 0 : fromA ? portA : portB;
    key[3] = fromA ? portB : portA;
    key[4] = (rows.kind(row) << KIND_SHIFT) | this.#flags(flow) | (isKnown ? ORIGINATOR_KNOWN : 0);
    key[5] = this.#placeNumber(place);
    return this.#profiles.intern();
  }

  #flags(orig: number): number {
    const { rows } = this.#lone;
    const resp = orig ^ 1;
    let flags = 0;
    if (rows.records(orig) > 0) {
      flags |= ORIG_SEEN;
      if (isInitialTtl(rows.ttlMax(orig))) flags |= ORIG_INITIAL_TTL;
    }
    if (rows.records(resp) > 0) {
      flags |= RESP_SEEN;
      if (isInitialTtl(rows.ttlMax(resp))) flags |= RESP_INITIAL_TTL;
    }
    return flags;
  }

  /** 0 = no rule knows it; -1 = none. */
  #portFacts(hasPorts: boolean, port: number): number {
    if (!hasPorts) return -1;
    return this.#ports.has(port) ? port + 1 : 0;
  }

  #placeNumber(place: VantagePoint): number {
    let number = this.#places.get(place);
    if (number === undefined) {
      number = this.#places.size;
      this.#places.set(place, number);
    }
    return number;
  }
}
