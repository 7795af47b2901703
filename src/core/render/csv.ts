/** `-o csv`: a table of connections for spreadsheets and databases, one line each (RFC 4180). */
import { showEndpoint } from "../report/build-connection.ts";
import type { Report, ReportConnection, ReportFinding, ReportNatStep } from "../report/report.ts";
import { safeText } from "./safe-text.ts";

type Cell = string | number | null | undefined;
type Row = (connection: ReportConnection, ruleOf: ReadonlyMap<string, string>) => Cell;

/** Columns are named after their places in the JSON report; lists are joined by "; ". New ones are added at the end only. */
const COLUMNS: readonly (readonly [name: string, cell: Row])[] = [
  ["id", ({ id }) => id],
  ["class", (one) => one.class],
  ["confidence", ({ confidence }) => confidence],
  ["candidates", ({ candidates }) => candidates?.join(LIST)],
  ["protocol", ({ protocol }) => protocol],
  ...party("orig"),
  ...party("resp"),
  ["dialled.address", ({ dialled }) => dialled.address],
  ["dialled.port", ({ dialled }) => dialled.port],
  ["client.address", ({ client }) => client?.address],
  ["client.port", ({ client }) => client?.port],
  ["nat", ({ nat }) => nat.map(natText).join(LIST)],
  ["tcp.state", ({ tcp }) => tcp?.state],
  ["firstSeen", ({ firstSeen }) => firstSeen],
  ["lastSeen", ({ lastSeen }) => lastSeen],
  ["packets.orig", ({ packets }) => packets.orig],
  ["packets.resp", ({ packets }) => packets.resp],
  ["bytes.orig", ({ bytes }) => bytes.orig],
  ["bytes.resp", ({ bytes }) => bytes.resp],
  [
    "observations.vantagePoint",
    ({ observations }) =>
      [...new Set(observations.map(({ vantagePoint }) => vantagePoint))].join(LIST),
  ],
  [
    "findings.rule",
    ({ findings }, ruleOf) => [...new Set(findings.map((id) => ruleOf.get(id) ?? id))].join(LIST),
  ],
  ["wouldDecide", ({ wouldDecide }) => wouldDecide],
];

const LIST = "; ";
const LINE_END = "\r\n";

/** Chunks of text: the names of the columns, then a line for each connection in the report's order. */
export function* renderCsv(report: Report): Generator<string, void, undefined> {
  yield COLUMNS.map(([name]) => name).join(",") + LINE_END;
  const ruleOf = new Map(report.findings.map(({ id, rule }: ReportFinding) => [id, rule]));
  for (const connection of report.connections)
    yield COLUMNS.map(([, cell]) => csvCell(cell(connection, ruleOf))).join(",") + LINE_END;
}

function party(side: "orig" | "resp"): readonly (readonly [string, Row])[] {
  return (["address", "port", "kind", "namespace", "name", "node", "workload"] as const).map(
    (field): readonly [string, Row] => [`${side}.${field}`, (one) => one[side][field]],
  );
}

/** "snat on n1: 10.0.1.11:40000 > 203.0.113.9:443 becomes 10.0.1.10:4000 > 203.0.113.9:443". */
function natText({ kind, node, before, after }: ReportNatStep): string {
  const leg = ({ orig, resp }: ReportNatStep["before"]): string =>
    `${showEndpoint(orig)} > ${showEndpoint(resp)}`;
  return `${kind}${node === undefined ? "" : ` on ${node}`}: ${leg(before)} becomes ${leg(after)}`;
}

/**
 * A cell as RFC 4180 section 2 writes it. What a program that opens the table would take for a formula gets an apostrophe before
 * it, which such programs show as text (OWASP, CSV Injection); line feeds and other controls are written as escapes, so that a
 * connection is one line.
 */
function csvCell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = safeText(value);
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** In their full width as well, as an East Asian spreadsheet reads them; tab and line ends are escapes by now. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;
/** The semicolon is the separator of spreadsheets where the comma is the decimal one. */
const NEEDS_QUOTES = /[",;]|^ | $/;
