/** The traffic map as a graph: the same boxes, lines and folding as the drawn one. */
import type { Report } from "../../report/report.ts";
import { COLOURS, classStyle } from "../palette.ts";
import {
  buildTopologyModel,
  type TopologyEdge,
  type TopologyModel,
} from "../topology/topology-model.ts";
import {
  edgeLabel,
  leftOut,
  mapSummary,
  mapTitle,
  nodeText,
  placeText,
} from "../topology/topology-text.ts";
import { ownText, xmlSafe } from "../xml-safe.ts";
import type { Graph, GraphGroup, GraphNode } from "./graph.ts";

export function topologyGraph(report: Report): Graph {
  const model = buildTopologyModel(report);
  const used = new Set(model.places.filter(({ area }) => area === "node").map(({ node }) => node));
  const shown = model.nodes.filter(({ key }) => used.has(key));
  const zones = [...new Set(shown.flatMap(({ zone }) => zone ?? []))];
  const zoneIds = new Map(zones.map((zone, i) => [zone, `zone${i + 1}`]));
  const groups: GraphGroup[] = [
    ...zones.map((zone) => ({ id: zoneIds.get(zone) ?? "", parent: null, label: xmlSafe(zone) })),
    ...shown.map((node, i) => {
      const { name, detail } = nodeText(node, "");
      return {
        id: `node${i + 1}`,
        parent: node.zone === null ? null : (zoneIds.get(node.zone) ?? null),
        label: detail === "" ? name : xmlSafe(`${name} ${detail}`),
      };
    }),
  ];
  const groupOf = new Map(shown.map(({ key }, i) => [key, `node${i + 1}`]));
  const ids = new Map(model.places.map(({ id }, i) => [id, `place${i + 1}`]));
  const nodes = model.places.map((place): GraphNode => {
    const { name, detail } = placeText(place);
    return {
      id: ids.get(place.id) ?? "",
      group: place.area === "node" ? (groupOf.get(place.node) ?? null) : null,
      lines: detail === "" ? [name] : [name, detail],
      look: place.area === "outside" ? "outside" : "place",
      dashed: place.folded > 0,
    };
  });
  return {
    title: mapTitle(model),
    direction: "right",
    groups,
    nodes,
    edges: model.edges.flatMap((edge) => {
      const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
      if (from === undefined || to === undefined) return [];
      return [
        {
          from,
          to,
          label: xmlSafe(lineText(edge)),
          colour: COLOURS[classStyle(edge.class).colour],
          dashed: edge.unproven === edge.connections,
          emphasised: edge.findings.length > 0,
        },
      ];
    }),
    notes: [mapSummary(model), ...legend(model), ...leftOut(model)],
  };
}

function lineText(edge: TopologyEdge): string {
  const found = edge.findings.length === 0 ? "" : ` (finding ${edge.findings.join(", ")})`;
  return `${edgeLabel(edge)}${found}`;
}

function legend({ edges }: TopologyModel) {
  const classes = [...new Set(edges.map((edge) => edge.class))].sort();
  if (classes.length === 0) return [];
  return [ownText(classes.map((id) => `${classStyle(id).letter} = ${xmlSafe(id)}`).join(", "))];
}
