/**
 * The facts of all rows as a small JSON value: texts stand once in a list and are named by their position, since five
 * thousand connections have few names between them. Written by the report, read by the page's script.
 */
import type { EndFacts, RowFacts } from "./row-facts.ts";

/** Id of the element that holds them. */
export const ROW_FACTS_ID = "row-facts";

export interface PackedRows {
  /** Every text once, in the order of its first use. */
  readonly texts: readonly string[];
  readonly rows: readonly PackedRow[];
}

/** Positions in `texts`, unless said otherwise. */
type PackedRow = readonly [
  id: number,
  pathClass: number,
  confidence: number,
  protocol: number,
  state: number,
  orig: PackedEnd,
  resp: PackedEnd,
  addresses: readonly number[],
  /** The ports themselves. */
  ports: readonly number[],
  nodes: readonly number[],
  /** Three for each finding: id, rule, level. */
  findings: readonly number[],
  /** The number itself. */
  bytes: number,
  /** The number itself. */
  places: number,
  firstSeen: number,
];
type PackedEnd = readonly [
  kind: number,
  namespace: number,
  name: number,
  /** The port itself. */
  port: number,
  workload: number,
  ...dnsNames: number[],
];

export function packRows(rows: readonly RowFacts[]): PackedRows {
  const positions = new Map<string, number>();
  const at = (text: string): number => {
    const known = positions.get(text);
    if (known !== undefined) return known;
    positions.set(text, positions.size);
    return positions.size - 1;
  };
  const end = ({ kind, namespace, name, port, workload, dnsNames }: EndFacts): PackedEnd => [
    at(kind),
    at(namespace),
    at(name),
    port,
    at(workload),
    ...dnsNames.map(at),
  ];
  const packed = rows.map(
    (row): PackedRow => [
      at(row.id),
      at(row.class),
      at(row.confidence),
      at(row.protocol),
      at(row.state),
      end(row.orig),
      end(row.resp),
      row.addresses.map(at),
      row.ports,
      row.nodes.map(at),
      row.findings.flatMap(({ id, rule, level }) => [at(id), at(rule), at(level)]),
      row.bytes,
      row.places,
      at(row.firstSeen),
    ],
  );
  return { texts: [...positions.keys()], rows: packed };
}

export function unpackRows({ texts, rows }: PackedRows): RowFacts[] {
  const text = (position: number | undefined): string => texts[position ?? -1] ?? "";
  const end = ([kind, namespace, name, port, workload, ...dnsNames]: PackedEnd): EndFacts => ({
    kind: text(kind),
    namespace: text(namespace),
    name: text(name),
    port,
    workload: text(workload),
    dnsNames: dnsNames.map(text),
  });
  return rows.map((row) => {
    const [id, pathClass, confidence, protocol, state, orig, resp, ...lists] = row;
    const [addresses, ports, nodes, findings, bytes, places, firstSeen] = lists;
    return {
      id: text(id),
      class: text(pathClass),
      confidence: text(confidence),
      protocol: text(protocol),
      state: text(state),
      orig: end(orig),
      resp: end(resp),
      addresses: addresses.map(text),
      ports,
      nodes: nodes.map(text),
      findings: inThrees(findings).map(([one, rule, level]) => ({
        id: text(one),
        rule: text(rule),
        level: text(level),
      })),
      bytes,
      places,
      firstSeen: text(firstSeen),
    };
  });
}

function inThrees(list: readonly number[]): (readonly (number | undefined)[])[] {
  return Array.from({ length: Math.floor(list.length / 3) }, (_, i) =>
    list.slice(3 * i, 3 * i + 3),
  );
}
