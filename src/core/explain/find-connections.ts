/** Which connections somebody means who names an id, a 5-tuple, an endpoint or a pod. */
import { type ConnectionLeg, connectionLegs } from "../report/connection-legs.ts";
import { type AskedEndpoint, type AskedTuple, parseTuple } from "../report/endpoint-text.ts";
import { filterReport } from "../report/filter-report.ts";
import { IndexList } from "../report/index-list.ts";
import { itemsAt } from "../report/lazy-sequence.ts";
import type { Report, ReportConnection } from "../report/report.ts";
import { columnsOf } from "../report/report-columns.ts";
import type { FilterProblem } from "../report/report-filter.ts";
import type { Sequence } from "../sequence.ts";

export type Found =
  | { readonly connections: Sequence<ReportConnection>; readonly problem?: undefined }
  | { readonly connections?: undefined; readonly problem: FilterProblem };

/** In the report's order, at least one; a query that fits nothing is a problem. */
export function findConnections(report: Report, query: string): Found {
  const asked = query.trim();
  if (/^conn-\d+$/.test(asked)) return byId(report, asked);
  const tuple = parseTuple(asked);
  if (tuple !== null) {
    const positions = new IndexList();
    let index = 0;
    for (const one of report.connections) {
      if (fits(one, tuple)) positions.push(index);
      index += 1;
    }
    return positions.length > 0
      ? { connections: itemsAt(report.connections, positions) }
      : { problem: nothing(report, asked) };
  }
  return byPod(report, asked);
}

function byId(report: Report, id: string): Found {
  const columns = columnsOf(report);
  for (let index = 0; index < columns.length; index++) {
    if (columns.id(index) !== id) continue;
    const connection = report.connections.at(index);
    if (connection !== undefined) return { connections: [connection] };
  }
  const of = report.filter?.of ?? report.connections.length;
  const number = Number(id.slice("conn-".length));
  if (report.filter !== undefined && number >= 1 && number <= of)
    return {
      problem: {
        message: `${id}: is not among the connections that the filter shows`,
        advice: "Leave the filter out.",
      },
    };
  const there = of === 0 ? "There is no connection." : `There are conn-1 to conn-${of}.`;
  return { problem: { message: `${id}: there is no such connection`, advice: there } };
}

function nothing(report: Report, query: string): FilterProblem {
  const where = report.filter === undefined ? "in these captures" : "that the filter shows";
  return {
    message: `${query}: no connection ${where} has it on any leg`,
    advice: "List them with podpath analyze -o wide, or filter with --ip and --port.",
  };
}

/** On one leg, in either direction: who saw a rewritten packet knows only the rewritten tuple. */
function fits(connection: ReportConnection, { protocol, ends: [a, b] }: AskedTuple): boolean {
  if (protocol !== null && connection.protocol !== protocol) return false;
  return connectionLegs(connection).some(({ orig, resp }) =>
    b === undefined
      ? isEnd(a, orig) || isEnd(a, resp)
      : (isEnd(a, orig) && isEnd(b, resp)) || (isEnd(b, orig) && isEnd(a, resp)),
  );
}

function isEnd(asked: AskedEndpoint, { address, port }: ConnectionLeg["orig"]): boolean {
  return asked.address === address && (asked.port === null || asked.port === (port ?? 0));
}

function byPod(report: Report, name: string): Found {
  const { report: part, problem } = filterReport(report, [
    { field: "pod", value: name, negated: false },
  ]);
  if (problem !== undefined) {
    const message = problem.message.replace(/^--pod /, "");
    const advice = `Name a connection (conn-12), two ends (10.0.1.11:40000->203.0.113.9:443) or a pod. ${problem.advice}`;
    return { problem: { message, advice } };
  }
  if (part.connections.length > 0) return { connections: part.connections };
  return {
    problem: {
      message: `${name}: no connection of this pod was captured`,
      advice: `podpath doctor --pod ${name} says which captures could show it.`,
    },
  };
}
