/** A report of the connections that somebody asked about; what was read, and how well, stays as it is. */
import { podsNamed } from "../cluster/pod-names.ts";
import { addressMatch } from "./address-match.ts";
import { connectionLegs } from "./connection-legs.ts";
import { IndexList } from "./index-list.ts";
import { type KnownNames, knownNames, nodesNamed, podKey } from "./known-names.ts";
import { resolveTime } from "./parse-time.ts";
import { pickConnections } from "./pick-connections.ts";
import type { Report, ReportConnection, ReportParty } from "./report.ts";
import { columnsOf, type ReportColumns } from "./report-columns.ts";
import {
  didYouMean,
  type FilterField,
  type FilterProblem,
  type FilterTerm,
  filterExpression,
  filterProblem,
} from "./report-filter.ts";

export type FilterResult =
  | { readonly report: Report; readonly problem?: undefined }
  | { readonly report?: undefined; readonly problem: FilterProblem };

/** Decided by the columns alone, or by a connection that must be made for it. */
type Predicate =
  | { readonly by: "columns"; holds(columns: ReportColumns, index: number): boolean }
  | { readonly by: "connection"; holds(connection: ReportConnection): boolean };

/**
 * The report with only the connections that all terms let through, the findings that concern one of them or the whole run, and
 * the sums of those. Accounting, captures, diagnostics and limits are untouched; `filter` says what was asked and how many are
 * shown. A value that the report cannot mean anything by is a problem, never an empty report.
 */
export function filterReport(report: Report, terms: readonly FilterTerm[]): FilterResult {
  if (terms.length === 0) return { report };
  const problem = filterProblem(terms);
  if (problem !== null) return { problem };
  const names = terms.some(({ field }) => NAMING.has(field)) ? knownNames(report) : NO_NAMES;
  const conditions = new Map<string, Condition>();
  for (const term of terms) {
    const predicate = predicateOf(term, report, names);
    if ("message" in predicate) return { problem: predicate };
    const { field, negated } = term;
    const key = negated ? `not ${field}` : field;
    const anyOf = [...(conditions.get(key)?.anyOf ?? []), predicate];
    conditions.set(key, { anyOf, negated });
  }
  const positions = passing(report, [...conditions.values()]);
  return { report: pickConnections(report, positions, filterExpression(terms)) };
}

/** What is wrong with one term, the names in it included; null when it means something in this report. */
export function termProblem(report: Report, term: FilterTerm): FilterProblem | null {
  const predicate = predicateOf(term, report, knownNames(report));
  return filterProblem([term]) ?? ("message" in predicate ? predicate : null);
}

/** Flags that name something: what there is to be named stands in the connections. */
const NAMING: ReadonlySet<FilterField> = new Set([
  "namespace",
  "pod",
  "from-pod",
  "to-pod",
  "node",
]);
const NO_NAMES: KnownNames = { pods: [], nodes: [], namespaces: [] };

/** Repeated flags are alternatives; `--not` lets nothing through that one of them matches. */
interface Condition {
  readonly anyOf: readonly Predicate[];
  readonly negated: boolean;
}

/** Positions of the connections for which all conditions hold. One is made only where the columns leave it in question. */
function passing(report: Report, conditions: readonly Condition[]): IndexList {
  const columns = columnsOf(report);
  const isCheap = ({ anyOf }: Condition): boolean => anyOf.every(({ by }) => by === "columns");
  const ordered = [...conditions.filter(isCheap), ...conditions.filter((one) => !isCheap(one))];
  const positions = new IndexList();
  for (let index = 0; index < columns.length; index++) {
    let made: ReportConnection | undefined;
    const holds = (predicate: Predicate): boolean => {
      if (predicate.by === "columns") return predicate.holds(columns, index);
      made ??= report.connections.at(index);
      return made !== undefined && predicate.holds(made);
    };
    if (ordered.every(({ anyOf, negated }) => anyOf.some(holds) !== negated)) positions.push(index);
  }
  return positions;
}

function byColumns(holds: (columns: ReportColumns, index: number) => boolean): Predicate {
  return { by: "columns", holds };
}

function byConnection(holds: (connection: ReportConnection) => boolean): Predicate {
  return { by: "connection", holds };
}

function predicateOf(
  { field, value }: FilterTerm,
  report: Report,
  names: KnownNames,
): Predicate | FilterProblem {
  switch (field) {
    case "namespace":
      if (!names.namespaces.includes(value)) return unknown(field, value, names.namespaces);
      return byConnection(({ orig, resp }) => orig.namespace === value || resp.namespace === value);
    case "pod":
    case "from-pod":
    case "to-pod":
      return podPredicate(field, value, names);
    case "node":
      return nodePredicate(value, report, names);
    case "ip":
      return addressPredicate(value);
    case "port":
      return byConnection((one) => !isIcmp(one) && hasPort(one, Number(value)));
    case "class":
      return byColumns((columns, index) => columns.class(index) === value);
    case "finding": {
      const asked = report.findings.filter(({ rule, level }) => rule === value || level === value);
      const ids = new Set(asked.map(({ id }) => id));
      return byColumns((columns, index) => columns.findings(index).some((id) => ids.has(id)));
    }
    case "since":
    case "until":
      return timePredicate(field, value, report);
  }
}

function unknown(
  field: FilterField,
  value: string,
  known: readonly string[],
  meant: readonly string[] = known,
): FilterProblem {
  if (known.length === 0)
    return {
      message: `--${field} ${value}: no ${fieldWord(field)} is known`,
      advice: "Add a snapshot of the cluster (-s).",
    };
  const some = known.slice(0, 5).join(", ");
  const rest = known.length > 5 ? ` and ${known.length - 5} more` : "";
  return {
    message: `--${field} ${value}: neither the snapshot nor the captures know it${didYouMean(value, meant)}`,
    advice: `Known are ${some}${rest}.`,
  };
}

function fieldWord(field: FilterField): string {
  return field.endsWith("pod") ? "pod" : field;
}

function podPredicate(
  field: "pod" | "from-pod" | "to-pod",
  value: string,
  { pods }: KnownNames,
): Predicate | FilterProblem {
  const meant = new Set(podsNamed(pods, value).map(podKey));
  if (meant.size === 0) {
    const known = pods.map(value.includes("/") ? podKey : ({ name }) => name);
    return unknown(field, value, known, [...new Set(known.flatMap(beginnings))]);
  }
  const isMeant = ({ kind, namespace = "", name }: ReportParty): boolean =>
    kind === "pod" && name !== undefined && meant.has(podKey({ namespace, name }));
  if (field === "from-pod") return byConnection(({ orig }) => isMeant(orig));
  if (field === "to-pod") return byConnection(({ resp }) => isMeant(resp));
  return byConnection(({ orig, resp }) => isMeant(orig) || isMeant(resp));
}

/** "web-6c8f9d7b54-zx2kd" is also meant by "web" and "web-6c8f9d7b54"; the shortest first. */
function beginnings(name: string): readonly string[] {
  const parts = name.slice(0, 300).split("-");
  return parts.map((_, i) => parts.slice(0, i + 1).join("-"));
}

/** An end on it, a rewrite by it, or seen at it. */
function nodePredicate(
  value: string,
  { vantagePoints }: Report,
  { nodes }: KnownNames,
): Predicate | FilterProblem {
  const meant = new Set<string | undefined>(nodesNamed(nodes, value));
  if (meant.size === 0) {
    const short = nodes.map((node) => node.split(".", 1)[0] ?? node);
    return unknown("node", value, nodes, [...nodes, ...short]);
  }
  const places = new Set(vantagePoints.filter(({ node }) => meant.has(node)).map(({ id }) => id));
  return byConnection(
    ({ orig, resp, nat, observations }) =>
      meant.has(orig.node) ||
      meant.has(resp.node) ||
      nat.some(({ node }) => meant.has(node)) ||
      observations.some(({ vantagePoint }) => places.has(vantagePoint)),
  );
}

function addressPredicate(value: string): Predicate {
  const isInside = addressMatch(value) ?? (() => false);
  return byConnection((connection) => addressesOf(connection).some(isInside));
}

function addressesOf(connection: ReportConnection): string[] {
  const { orig, resp, client } = connection;
  const legs = connectionLegs(connection).flatMap((leg) => [leg.orig.address, leg.resp.address]);
  return [...legs, orig.address, resp.address, ...(client === undefined ? [] : [client.address])];
}

/** An echo identifier stands where other protocols have ports; nobody who asks for port 53 means it. */
function isIcmp({ protocol }: ReportConnection): boolean {
  return protocol.startsWith("icmp");
}

function hasPort(connection: ReportConnection, port: number): boolean {
  const { orig, resp, client, protocol } = connection;
  if (protocol.startsWith("ip")) return false;
  return (
    orig.port === port ||
    resp.port === port ||
    client?.port === port ||
    connectionLegs(connection).some((leg) => leg.orig.port === port || leg.resp.port === port)
  );
}

/** Any packet in the window counts: a connection is in when it was alive there. */
function timePredicate(
  field: "since" | "until",
  value: string,
  report: Report,
): Predicate | FilterProblem {
  const end = report.captures.reduce<string | null>(
    (latest, { lastSeen }) =>
      lastSeen !== null && (latest === null || lastSeen > latest) ? lastSeen : latest,
    null,
  );
  const time = resolveTime(value, end);
  // Only a duration can fail here, and only when there is no packet to count back from.
  if (time === null) return byColumns(() => false);
  return field === "since"
    ? byConnection(({ lastSeen }) => lastSeen >= time)
    : byConnection(({ firstSeen }) => firstSeen <= time);
}
