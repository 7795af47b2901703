/**
 * The way of one connection as a chain, without coordinates: who started, every place that saw it, every rewrite between
 * them, who answered. What joins two neighbours of the chain is `seen` when captures or conntrack tell it, else inferred.
 */
import { MAX_DRAWN_STOPS } from "../../limits.ts";
import { tupleKey } from "../../report/connection-legs.ts";
import type {
  Report,
  ReportConnection,
  ReportNatStep,
  ReportObservation,
  ReportParty,
  ReportVantagePoint,
} from "../../report/report.ts";

interface Stop {
  readonly id: string;
  /** What it is on; null when no input tells, or when it is outside the nodes. */
  readonly node: string | null;
}

/** Who started, or who answered. */
export interface EndStop extends Stop {
  readonly kind: "end";
  readonly side: "orig" | "resp";
  readonly party: ReportParty;
}

/** A place that saw the connection, in one capture or in several. */
export interface SeenStop extends Stop {
  readonly kind: "seen";
  /** Of its first observation: from 1, in path order, as `explain` numbers them. */
  readonly number: number;
  /** Of the same interface and with the same tuple; at least one. The first stands for all. */
  readonly observations: readonly ReportObservation[];
  readonly observation: ReportObservation;
  readonly point: ReportVantagePoint | null;
  /** Names of the capture files without their folders, by observation; "" when the report does not tell. */
  readonly files: readonly string[];
}

export interface RewriteStop extends Stop {
  readonly kind: "rewrite";
  readonly step: ReportNatStep;
}

/** Places in the middle that are not drawn, because there are too many. */
export interface FoldedStop extends Stop {
  readonly kind: "folded";
  readonly places: number;
}

export type PathStop = EndStop | SeenStop | RewriteStop | FoldedStop;

export type Hop = NonNullable<ReportConnection["hops"]>[number];

/** What joins a stop to the one after it. */
export interface PathLink {
  readonly seen: boolean;
  /** From the last place that saw the connection to the next; stands on the link that ends there. */
  readonly hop: Hop | null;
}

export interface PathFinding {
  readonly id: string;
  readonly number: number;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly title: string;
  readonly message: string;
}

export interface PathModel {
  readonly connection: ReportConnection;
  readonly stops: readonly PathStop[];
  /** One fewer than stops. */
  readonly links: readonly PathLink[];
  readonly findings: readonly PathFinding[];
  /** Files that saw it, in path order. */
  readonly files: readonly string[];
}

/** At most `limit` stops between the ends. */
export function buildPathModel(
  report: Report,
  connection: ReportConnection,
  limit = MAX_DRAWN_STOPS,
): PathModel {
  const points = new Map(report.vantagePoints.map((point) => [point.id, point]));
  const files = new Map(report.captures.map(({ id, file }) => [id, fileName(file)]));
  const middle = foldMiddle(chain(connection, points, files), limit);
  const stops: PathStop[] = [
    endStop("orig", connection.orig),
    ...middle,
    endStop("resp", connection.resp),
  ];
  const seenIn = middle.flatMap((stop) =>
    stop.kind === "seen" ? stop.files.filter((file) => file !== "") : [],
  );
  return {
    connection,
    stops,
    links: stops.slice(1).map((to, i) => linkBetween(stops, i, to, connection)),
    findings: findingsOf(report, connection),
    files: [...new Set(seenIn)],
  };
}

/** Findings of a connection with their positions in the report. */
function findingsOf(report: Report, { findings }: ReportConnection): PathFinding[] {
  const own = new Set(findings);
  return report.findings.flatMap(({ id, rule, level, title, message }, index) =>
    own.has(id) ? [{ id, number: index + 1, rule, level, title, message }] : [],
  );
}

/** A rewrite stands before the first place that shows what it made. */
function chain(
  { observations, nat }: ReportConnection,
  points: ReadonlyMap<string, ReportVantagePoint>,
  files: ReadonlyMap<string, string>,
): PathStop[] {
  const stops: PathStop[] = [];
  let done = 0;
  const rewriteUpTo = (last: number) => {
    for (; done <= last; done++) {
      const step = nat[done];
      if (step === undefined) continue;
      stops.push({ kind: "rewrite", id: `rewrite ${done}`, node: step.node ?? null, step });
    }
  };
  observations.forEach((observation, i) => {
    rewriteUpTo(
      nat.findIndex((step, at) => at >= done && tupleKey(step.after) === tupleKey(observation)),
    );
    const point = points.get(observation.vantagePoint) ?? null;
    const file = files.get(point?.capture ?? "") ?? "";
    const last = stops.at(-1);
    if (last?.kind === "seen" && isSamePlace(last, observation, point)) {
      stops[stops.length - 1] = {
        ...last,
        observations: [...last.observations, observation],
        files: [...last.files, file],
      };
      return;
    }
    stops.push({
      kind: "seen",
      id: `seen ${i}`,
      node: point?.node ?? null,
      number: i + 1,
      observations: [observation],
      observation,
      point,
      files: [file],
    });
  });
  rewriteUpTo(nat.length - 1);
  return stops;
}

/** Several captures of one interface show one place, not several. */
function isSamePlace(
  { point, observation }: SeenStop,
  other: ReportObservation,
  otherPoint: ReportVantagePoint | null,
): boolean {
  if (point === null || otherPoint === null || point.interface === undefined) return false;
  return (
    point.node !== undefined &&
    point.node === otherPoint.node &&
    point.interface === otherPoint.interface &&
    tupleKey(observation) === tupleKey(other) &&
    observation.encapsulation?.kind === other.encapsulation?.kind &&
    observation.encapsulation?.vni === other.encapsulation?.vni
  );
}

/** The report's hop between two places; hops are between neighbouring observations outside tunnels. */
export function hopBetween(
  { hops = [] }: ReportConnection,
  from: SeenStop,
  to: SeenStop,
): Hop | null {
  if (to.observation.encapsulation !== undefined) return null;
  const left = from.observations.at(-1)?.vantagePoint;
  const reached = to.observation.vantagePoint;
  return hops.find((one) => one.from === left && one.to === reached) ?? null;
}

/** Both ends of a long chain tell more than its middle. */
function foldMiddle(stops: readonly PathStop[], limit: number): PathStop[] {
  if (stops.length <= limit) return [...stops];
  const half = Math.floor(limit / 2);
  const left = stops.slice(half, stops.length - half);
  const folded: FoldedStop = { kind: "folded", id: "folded", node: null, places: left.length };
  return [...stops.slice(0, half), folded, ...stops.slice(-half)];
}

function endStop(side: EndStop["side"], party: ReportParty): EndStop {
  return { kind: "end", id: side, side, node: party.node ?? null, party };
}

function linkBetween(
  stops: readonly PathStop[],
  i: number,
  to: PathStop,
  connection: ReportConnection,
): PathLink {
  const from = stops[i];
  if (from === undefined) return { seen: false, hop: null };
  // Hops are between observations outside tunnels.
  const before = stops
    .slice(0, i + 1)
    .findLast((stop) => stop.kind === "seen" && stop.observation.encapsulation === undefined);
  const hop =
    to.kind === "seen" && before?.kind === "seen" ? hopBetween(connection, before, to) : null;
  return { seen: isSeen(from) && isSeen(to) && joined(from, to, connection), hop };
}

function isSeen(stop: PathStop): boolean {
  return stop.kind === "rewrite" ? stop.step.confidence === "proven" : stop.kind !== "folded";
}

/** An end counts as seen only where its own interface was captured. */
function joined(from: PathStop, to: PathStop, { confidence }: ReportConnection): boolean {
  if (from.kind !== "end" && to.kind !== "end") return true;
  const [end, other] = from.kind === "end" ? [from, to] : [to, from];
  if (end.kind !== "end" || other.kind !== "seen" || other.point === null) return false;
  const { party } = end;
  if (other.observation.encapsulation !== undefined) return false;
  if (party.kind === "pod") return other.point.pod === `${party.namespace ?? ""}/${party.name}`;
  // Behind a node's address may stand a pod, unless the class is proven.
  const isNode = party.kind === "node" && confidence === "proven";
  return isNode && party.node !== undefined && other.point.node === party.node;
}

/** "n1.eth0.pcap" of "samples/tour/captures/n1.eth0.pcap". */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
