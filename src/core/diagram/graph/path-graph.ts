/** The way of one connection as a graph: a chain of places and rewrites inside the nodes that they are on. */
import type { Report, ReportConnection } from "../../report/report.ts";
import { endpointText, partyName, tupleText } from "../endpoint-text.ts";
import { COLOURS, classStyle } from "../palette.ts";
import { buildPathModel, type PathStop } from "../path/path-model.ts";
import {
  connectionSummary,
  connectionTitle,
  endDetail,
  linkText,
  numberedPlace,
  pathNotes,
  placeDetail,
  quotedFrom,
  rewriteTitle,
  rewrittenEnds,
} from "../path/path-text.ts";
import { xmlSafe } from "../xml-safe.ts";
import type { Graph, GraphGroup, GraphNode } from "./graph.ts";

export function pathGraph(report: Report, connection: ReportConnection): Graph {
  const model = buildPathModel(report, connection);
  const groups: GraphGroup[] = [];
  const nodes = model.stops.map((stop, i): GraphNode => {
    const before = model.stops[i - 1];
    // A packet that comes back to a node gets a second box for it: a chain must stay one.
    if (stop.node !== null && before?.node !== stop.node) {
      groups.push({ id: `node${groups.length + 1}`, parent: null, label: xmlSafe(stop.node) });
    }
    return {
      id: `stop${i + 1}`,
      group: stop.node === null ? null : `node${groups.length}`,
      lines: stopLines(stop, connection)
        .filter((line) => line !== "")
        .map(xmlSafe),
      look: lookOf(stop),
      dashed:
        stop.kind === "folded" || (stop.kind === "rewrite" && stop.step.confidence !== "proven"),
    };
  });
  const colour = COLOURS[classStyle(connection.class).colour];
  return {
    title: connectionTitle(connection),
    direction: "down",
    groups,
    nodes,
    edges: model.links.map((link, i) => ({
      from: `stop${i + 1}`,
      to: `stop${i + 2}`,
      label: xmlSafe(linkText(link)),
      colour,
      dashed: !link.seen,
      emphasised: false,
    })),
    notes: [connectionSummary(connection), ...pathNotes(model)],
  };
}

function stopLines(stop: PathStop, connection: ReportConnection): string[] {
  const { protocol } = connection;
  switch (stop.kind) {
    case "end":
      return [
        partyName(stop.party),
        endDetail(stop, connection),
        endpointText(protocol, stop.party),
      ];
    case "seen":
      return [numberedPlace(stop), placeDetail(stop), tupleText(protocol, stop.observation)];
    case "rewrite": {
      const { rule } = stop.step;
      const ends = rewrittenEnds(protocol, stop.step).map((one) => `${one.before} → ${one.after}`);
      return [rewriteTitle(stop.step), ...ends, rule === undefined ? "" : quotedFrom(rule)];
    }
    case "folded":
      return [`${stop.places} more places and rewrites`];
  }
}

function lookOf(stop: PathStop): GraphNode["look"] {
  if (stop.kind === "rewrite") return "rewrite";
  const outside =
    stop.kind === "end" && (stop.party.kind === "external" || stop.party.kind === "peer");
  return outside ? "outside" : "place";
}
