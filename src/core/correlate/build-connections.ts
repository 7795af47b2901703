/** Makes connections of joined legs: hops in order, rewrites, counts with each packet once. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { FlowObservation } from "../flow/flow-observation.ts";
import type { Connection, FiveTuple, MatchedBy, NatStep, Observation } from "./connection.ts";
import type { JoinedLegs } from "./join-legs.ts";
import { type Leg, sameEndpoint } from "./leg.ts";
import type { ConntrackWitness, LegLink } from "./leg-link.ts";
import type { ConntrackMatches, ConntrackStatement } from "./match-by-conntrack.ts";
import { natStep, type StepSide } from "./nat-step.ts";
import { type DraftObservation, observeLeg } from "./observe-legs.ts";
import type { OpenedAwsTunnels } from "./open-aws-tunnels.ts";
import { summariseTcp } from "./tcp-summary.ts";
import { throughputOf } from "./throughput.ts";
import type { VantagePoint } from "./vantage-point.ts";

export interface BuildInput {
  readonly conntrack: Pick<ConntrackMatches, "statements" | "further">;
  readonly ambiguous: ReadonlyMap<Leg, readonly Leg[]>;
  readonly byTap: readonly VantagePoint[];
  readonly owners: OwnerIndex;
  readonly awsTunnels: Pick<OpenedAwsTunnels, "inside" | "outer">;
}

/** A side of the chain with what told it: a seen leg, or a tuple that only a conntrack entry knows. */
interface ChainSide extends StepSide {
  readonly leg: Leg | null;
  /** The entry that told this side: of the step to the next side, or of the step from the one before. */
  readonly leadsOn: ConntrackWitness | null;
  readonly ledHere: ConntrackWitness | null;
}

/** Rewrites that only conntrack tells are followed at most this far in each direction; a chain of real NATs is shorter. */
const MAX_TOLD_STEPS = 4;

/** By first packet, without index. */
export function draftConnections(joined: readonly JoinedLegs[], input: BuildInput): Draft[] {
  return joined
    .map((one) => draft(one, input))
    .sort((x, y) =>
      x.firstSeenNs < y.firstSeenNs
        ? -1
        : x.firstSeenNs > y.firstSeenNs
          ? 1
          : x.firstRow - y.firstRow,
    );
}

/** @param indexes the Connection.index of each draft */
export function finishConnections(
  drafts: readonly Draft[],
  indexes: ArrayLike<number>,
  input: BuildInput,
): Connection[] {
  const ofRow = new Map<number, number>();
  const carried = new Map<number, Set<number>>();
  const ofLeg = new Map<Leg, number>();
  for (const [position, one] of drafts.entries()) {
    const index = indexes[position] ?? 0;
    for (const row of one.rowIds) ofRow.set(row, index);
    for (const leg of one.legs) ofLeg.set(leg, index);
  }
  for (const [position, one] of drafts.entries()) {
    const index = indexes[position] ?? 0;
    for (const { outerRow } of one.observations) {
      const outer = outerRow === null ? undefined : ofRow.get(outerRow);
      if (outer === undefined) continue;
      const inner = carried.get(outer) ?? new Set<number>();
      carried.set(outer, inner.add(index));
    }
  }
  return drafts.map((one, position) => {
    const index = indexes[position] ?? 0;
    return finish(
      one,
      index,
      ofRow,
      carried.get(index) ?? NONE,
      ambiguousOf(one, input, ofLeg, index),
      input.awsTunnels.outer,
    );
  });
}

const NONE: ReadonlySet<number> = new Set();

/** The connection of a leg that nothing has to do with: neither another leg, nor a tunnel, nor conntrack. */
export function connectionOfOne(leg: Leg, index: number, input: BuildInput): Connection {
  const one = draft({ legs: [leg], links: [] }, input);
  return finish(one, index, new Map(), NONE, [], input.awsTunnels.outer);
}

export interface Draft {
  readonly legs: readonly Leg[];
  readonly sides: readonly ChainSide[];
  readonly observations: readonly DraftObservation[];
  readonly nat: readonly NatStep[];
  readonly rowIds: readonly number[];
  readonly firstRow: number;
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
  readonly rows: readonly FlowObservation[];
}

function draft({ legs, links }: JoinedLegs, input: BuildInput): Draft {
  const observations: DraftObservation[] = [];
  const seen = legs.map((leg): ChainSide => {
    const here = observeLeg(leg, input.byTap, input.awsTunnels.inside);
    for (const one of here) observations.push(one);
    return {
      leg,
      tuple: { orig: leg.orig, resp: leg.resp },
      observations: here.map(({ observation }) => observation),
      leadsOn: null,
      ledHere: null,
    };
  });
  const sides = withToldEnds(seen, input.conntrack);
  const nat: NatStep[] = [];
  for (const [position, after] of sides.entries()) {
    const before = sides[position - 1];
    if (before === undefined) continue;
    const { by, witness } = ground(before, after, links, input.conntrack.statements);
    const step = natStep(before, after, by, witness, input.owners);
    if (step !== null) nat.push(step);
  }
  const rows = legs.flatMap((leg) => leg.rows);
  return {
    legs,
    sides,
    observations,
    nat,
    rows,
    rowIds: rows.map((row) => row.id),
    firstRow: rows.reduce((least, { id }) => Math.min(least, id), Number.MAX_SAFE_INTEGER),
    firstSeenNs: legs.reduce(
      (first, leg) => (leg.facts.firstSeenNs < first ? leg.facts.firstSeenNs : first),
      legs[0]?.facts.firstSeenNs ?? 0n,
    ),
    lastSeenNs: legs.reduce(
      (last, leg) => (leg.facts.lastSeenNs > last ? leg.facts.lastSeenNs : last),
      0n,
    ),
  };
}

/** Puts the tuples that only conntrack knows before the first and behind the last seen leg. */
function withToldEnds(seen: readonly ChainSide[], conntrack: BuildInput["conntrack"]): ChainSide[] {
  const sides = [...seen];
  const next = (end: ChainSide, endIs: ConntrackStatement["legIs"]): ChainSide | null => {
    const near = end.leg ?? seen[0]?.leg;
    if (near == null) return null;
    const said =
      end.leg === null
        ? conntrack.further(end.tuple, near)
        : (conntrack.statements.get(end.leg) ?? []);
    const fitting = said.filter(
      (one) => one.legIs === endIs && !sides.some((side) => sameTuple(side.tuple, one.other)),
    );
    const [only] = fitting;
    // Two entries that tell different tuples are two uses of this one: neither is told.
    if (only === undefined || fitting.length > 1) return null;
    const told = { leg: null, tuple: only.other, observations: [], leadsOn: null, ledHere: null };
    return endIs === "after"
      ? { ...told, leadsOn: only.witness }
      : { ...told, ledHere: only.witness };
  };
  for (let step = 0; step < MAX_TOLD_STEPS; step++) {
    const earlier = sides[0] === undefined ? null : next(sides[0], "after");
    if (earlier === null) break;
    sides.unshift(earlier);
  }
  for (let step = 0; step < MAX_TOLD_STEPS; step++) {
    const last = sides[sides.length - 1];
    const later = last === undefined ? null : next(last, "before");
    if (later === null) break;
    sides.push(later);
  }
  return sides;
}

/** What ties two neighbouring sides: the strongest direct link, and a conntrack entry that says the same. */
function ground(
  before: ChainSide,
  after: ChainSide,
  links: readonly LegLink[],
  statements: ReadonlyMap<Leg, readonly ConntrackStatement[]>,
): { by: MatchedBy; witness: ConntrackWitness | null } {
  if (before.leg === null || after.leg === null)
    return { by: "conntrack", witness: before.leadsOn ?? after.ledHere };
  const direct = links.filter(
    (link) =>
      (link.x === before.leg && link.y === after.leg) ||
      (link.y === before.leg && link.x === after.leg),
  );
  const packets =
    direct.find((link) => link.by !== "conntrack") ?? links.find((link) => link.by !== "conntrack");
  const agreeing = (statements.get(before.leg) ?? []).find(
    (one) => one.legIs === "before" && sameTuple(one.other, after.tuple),
  );
  return { by: packets?.by ?? "conntrack", witness: agreeing?.witness ?? null };
}

function sameTuple(x: FiveTuple, y: FiveTuple): boolean {
  return sameEndpoint(x.orig, y.orig) && sameEndpoint(x.resp, y.resp);
}

function ambiguousOf(
  one: Draft,
  input: BuildInput,
  ofLeg: ReadonlyMap<Leg, number>,
  self: number,
): number[] {
  const found = new Set<number>();
  for (const leg of one.legs) {
    for (const other of input.ambiguous.get(leg) ?? []) {
      const index = ofLeg.get(other);
      if (index !== undefined && index !== self) found.add(index);
    }
  }
  return [...found].sort((x, y) => x - y);
}

function finish(
  one: Draft,
  index: number,
  ofRow: ReadonlyMap<number, number>,
  carried: ReadonlySet<number>,
  ambiguousWith: number[],
  outerAws: OpenedAwsTunnels["outer"],
): Connection {
  const observations = one.observations.map((observation) => withOuter(observation, ofRow));
  const protocol = one.legs[0]?.protocol ?? "";
  const carrier = one.rows.find((row) => row.carries !== null);
  const asked = one.rows.find((row) => row.httpRequest !== undefined);
  const proxied = one.rows.find((row) => row.proxyHeader !== null);
  return {
    index,
    protocol,
    legs: one.sides.map((side) => side.tuple),
    observations,
    nat: one.nat,
    orientedBy: one.legs[0]?.orientedBy ?? "first-packet",
    firstSeenNs: one.firstSeenNs,
    lastSeenNs: one.lastSeenNs,
    packets: {
      orig: most(observations, (o) => o.orig.records),
      resp: most(observations, (o) => o.resp.records),
    },
    bytes: {
      orig: most(observations, (o) => o.orig.bytes),
      resp: most(observations, (o) => o.resp.bytes),
    },
    tcp: protocol === "tcp" ? summariseTcp(observations) : null,
    httpRequest:
      asked?.httpRequest === undefined
        ? null
        : { ...asked.httpRequest, capture: asked.tap.capture },
    throughput: throughputOf(observations, one.rows),
    carries:
      carrier?.carries == null
        ? null
        : {
            kind: carrier.carries,
            connections: [...carried].sort((x, y) => x - y),
            ...awsTunnelOf(one.rows, outerAws),
          },
    sealed: one.rows.find((row) => row.sealed !== null)?.sealed ?? null,
    proxyHeader:
      proxied?.proxyHeader == null
        ? null
        : { ...proxied.proxyHeader, capture: proxied.tap.capture },
    ambiguousWith,
  };
}

function withOuter(
  { outerRow, observation }: DraftObservation,
  ofRow: ReadonlyMap<number, number>,
): Observation {
  if (observation.encapsulation === null && observation.awsTunnel === undefined) return observation;
  const outerConnection = outerRow === null ? -1 : (ofRow.get(outerRow) ?? -1);
  const { encapsulation, awsTunnel } = observation;
  return {
    ...observation,
    encapsulation: encapsulation === null ? null : { ...encapsulation, outerConnection },
    ...(awsTunnel !== undefined && { awsTunnel: { ...awsTunnel, outerConnection } }),
  };
}

/** A packet that AWS wrapped and the cluster did as well was seen in a capture of each: then it is the cluster's. */
function awsTunnelOf(
  rows: readonly FlowObservation[],
  outerAws: OpenedAwsTunnels["outer"],
): Pick<NonNullable<Connection["carries"]>, "awsTunnel"> {
  const carriers = rows.filter((row) => row.carries !== null);
  const [tunnel] = carriers.flatMap((row) => outerAws.get(row.id) ?? []);
  const isAll = carriers.every((row) => outerAws.has(row.id));
  return tunnel === undefined || !isAll ? {} : { awsTunnel: tunnel };
}

function most(observations: readonly Observation[], count: (one: Observation) => number): number {
  return observations.reduce((best, one) => Math.max(best, count(one)), 0);
}
