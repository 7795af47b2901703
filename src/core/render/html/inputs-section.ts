/** What was read, from where each capture looked, what was odd about the inputs, and that every record is accounted for. */
import type {
  Report,
  ReportCapture,
  ReportDiagnostic,
  ReportVantagePoint,
} from "../../report/report.ts";
import { clockText } from "../text-hops.ts";
import { formatBytes, formatCount } from "../text-layout.ts";
import { timeSpan } from "../text-names.ts";
import { listed, moreOf, section } from "./fragments.ts";
import { close, element, join, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";
import { type HeadCell, tableHead } from "./table-head.ts";

export function inputsSection(view: PageView): Iterable<Markup> {
  return section("inputs", "Inputs", body(view));
}

function* body(view: PageView): Generator<Markup, void, undefined> {
  const { report } = view;
  yield* limits(report);
  if (report.diagnostics.length > 0) {
    yield element("h3", {}, text("What was odd"));
    yield* table("Diagnostics", DIAGNOSTIC_HEAD, report.diagnostics, (one) =>
      diagnostic(view, one),
    );
  }
  if (report.captures.length > 0) {
    yield element("h3", {}, text("Captures"));
    yield* table("Captures", CAPTURE_HEAD, report.captures, capture);
  }
  if (report.vantagePoints.length > 0) {
    yield element("h3", {}, text("Where they looked"));
    yield* table("Vantage points", POINT_HEAD, report.vantagePoints, (one) => point(view, one));
  }
  yield* notes("Clocks", clockText(report, view.layout, view.names));
  yield* notes("Losses and comments in the captures", captureNotes(view));
  yield* otherInputs(report);
}

function* notes(title: string, sentences: readonly string[]): Generator<Markup, void, undefined> {
  if (sentences.length === 0) return;
  yield element("h3", {}, text(title));
  yield open("ul");
  yield* listed(sentences, (one) => join([element("li", {}, text(one)), LINE]));
  yield close("ul");
  yield moreOf(sentences.length);
}

/** What the capturing tools wrote beside the packets, and what whoever captured did. */
function captureNotes({ report, names }: PageView): readonly string[] {
  return report.captures.flatMap(({ id, drops = [], comments = [] }) => [
    ...drops.flatMap(({ interface: index, droppedByInterface = "0", droppedByOs = "0" }) =>
      droppedByInterface === "0" && droppedByOs === "0"
        ? []
        : [
            `${names.capture(id)}, interface ${index}: ${droppedByInterface} packets dropped by the interface, ${droppedByOs} by the system`,
          ],
    ),
    ...comments.map(
      ({ record, text: said }) =>
        `${names.capture(id)}${record === undefined ? "" : ` #${record}`}: ${said}`,
    ),
  ]);
}

function* table<T>(
  name: string,
  head: readonly HeadCell[],
  rows: readonly T[],
  show: (row: T) => readonly Markup[],
): Generator<Markup, void, undefined> {
  yield open("div", {
    class: "frame",
    role: "region",
    tabindex: 0,
    "aria-label": `Table: ${name}`,
  });
  yield open("table");
  yield tableHead(head);
  yield open("tbody");
  yield* listed(rows, (row) => join([element("tr", {}, ...show(row)), LINE]));
  yield close("tbody");
  yield close("table");
  yield close("div");
  yield moreOf(rows.length);
}

function cell(...content: readonly Markup[]): Markup {
  return element("td", {}, ...content);
}
function numberCell(value: string): Markup {
  return element("td", { class: "n" }, text(value));
}
function rowTitle(...content: readonly Markup[]): Markup {
  return element("th", { scope: "row" }, ...content);
}

function* limits({ limits: reached }: Report): Generator<Markup, void, undefined> {
  if (reached.length === 0) return;
  yield element("h3", {}, text("Limits that were reached"));
  yield open("ul", { class: "level-warning" });
  for (const { limit, value, count, effect } of reached) {
    const words = `${limit} = ${formatCount(value)} reached ${formatCount(count)}×: ${effect}`;
    yield element("li", {}, text(words));
  }
  yield close("ul");
}

const DIAGNOSTIC_HEAD: readonly HeadCell[] = [
  { title: "Level" },
  { title: "First place" },
  { title: "What" },
  { title: "Times", number: true },
  { title: "What to do" },
];

function diagnostic({ names }: PageView, one: ReportDiagnostic): readonly Markup[] {
  const { severity, first, message, code, count, hint } = one;
  return [
    rowTitle(element("span", { class: `level level-${severity}` }, text(severity))),
    cell(text(names.short(diagnosticPlace(first)))),
    cell(text(names.short(message)), element("small", {}, text(code))),
    numberCell(formatCount(count)),
    cell(text(hint)),
  ];
}

function diagnosticPlace({
  file,
  record,
  offset,
  line,
  pointer,
}: ReportDiagnostic["first"]): string {
  if (record !== undefined) return `${file} #${record}`;
  if (line !== undefined) return `${file}:${line}`;
  if (pointer !== undefined && pointer !== "") return `${file} ${pointer}`;
  return offset === undefined ? file : `${file} at byte ${formatCount(offset)}`;
}

const CAPTURE_HEAD: readonly HeadCell[] = [
  { title: "Capture" },
  { title: "Format" },
  { title: "Records", number: true },
  { title: "On the wire", number: true },
  { title: "Snaplen", number: true },
  { title: "Time" },
];

function capture(one: ReportCapture): readonly Markup[] {
  const { id, file, format, linkTypes, records, bytes, snaplen, firstSeen, lastSeen } = one;
  const files = one.parts === undefined ? "" : `, ${formatCount(one.parts.length)} files`;
  const time = firstSeen === null || lastSeen === null ? "" : timeSpan(firstSeen, lastSeen);
  return [
    rowTitle(text(file), element("small", {}, text(id + files))),
    cell(text([format, ...linkTypes].join(", "))),
    numberCell(formatCount(records)),
    numberCell(formatBytes(bytes)),
    numberCell(snaplen === 0 ? "no limit" : formatCount(snaplen)),
    cell(text(time)),
  ];
}

const POINT_HEAD: readonly HeadCell[] = [
  { title: "Vantage point" },
  { title: "Capture" },
  { title: "Kind" },
  { title: "How it was told" },
];

function point({ names }: PageView, one: ReportVantagePoint): readonly Markup[] {
  const { id, capture: of, kind, because, pod } = one;
  return [
    rowTitle(
      text(names.short(id)),
      pod === undefined ? NOTHING : element("small", {}, text(`pod ${pod}`)),
    ),
    cell(text(names.capture(of))),
    cell(text(kind)),
    cell(text(names.short(because))),
  ];
}

function* otherInputs({ inputs }: Report): Generator<Markup, void, undefined> {
  if (inputs.length === 0) return;
  yield open("details");
  yield element("summary", {}, text(`All ${formatCount(inputs.length)} files that were read`));
  yield* table(
    "Files",
    [
      { title: "File" },
      { title: "Kind" },
      { title: "Format" },
      { title: "Bytes", number: true },
      { title: "SHA-256" },
    ],
    inputs,
    ({ file, kind, format, bytes, sha256 }) => [
      rowTitle(text(file)),
      cell(text(kind)),
      cell(text(format)),
      numberCell(formatCount(bytes)),
      cell(text(sha256 ?? "")),
    ],
  );
  yield close("details");
}

export function accountingSection(view: PageView): Iterable<Markup> {
  return section("accounting", "Accounting", accounts(view.report));
}

function* accounts({ accounting }: Report): Generator<Markup, void, undefined> {
  const { records, inConnections, notClassified, balanced } = accounting;
  const parts = [
    `${formatCount(inConnections)} in connections`,
    ...Object.entries(notClassified)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${formatCount(count)} ${reason}`),
  ];
  yield element(
    "p",
    {},
    text(`Every record is accounted for: ${formatCount(records)} = ${parts.join(" + ")}.`),
  );
  if (!balanced)
    yield element(
      "p",
      { class: "level-error" },
      text("The records do not add up: a bug of podpath."),
    );
}
