/** Connections in the text report, grouped by path class: who to whom, every rewrite, where it was seen, how sure. */
import { showEndpoint } from "../report/build-connection.ts";
import { pathClassTitle } from "../report/path-class-title.ts";
import type {
  Report,
  ReportConnection,
  ReportFinding,
  ReportLink,
  ReportNatStep,
  ReportObservation,
} from "../report/report.ts";
import type { TextDigest } from "./text-digest.ts";
import { renderEvidence } from "./text-findings.ts";
import { hopLines } from "./text-hops.ts";
import {
  fold,
  formatBytes,
  formatCount,
  heading,
  KEEP_TOGETHER,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
} from "./text-layout.ts";
import { partyName, quoted, type TextNames, whenText } from "./text-names.ts";
import { levelPaint } from "./text-style.ts";
import { rateCurve, rateText } from "./text-throughput.ts";

/** Of each class the first ones are shown with their proof, those after them in one line. */
const FULL_PER_CLASS = 2;
const EVIDENCE_PER_CONNECTION = 2;
const VANTAGE_POINTS_PER_CONNECTION = 6;
const ID_WIDTH = 9;
const FIELD_WIDTH = 7;

const CLIENT_FROM = {
  "proxy-protocol": "PROXY protocol header",
  "x-forwarded-for": "X-Forwarded-For of the first request",
} as const;

type FindingsById = ReadonlyMap<string, ReportFinding>;

/** What every line needs. */
interface View {
  readonly layout: TextLayout;
  readonly names: TextNames;
  readonly findings: FindingsById;
}

export function* renderConnections(
  report: Report,
  layout: TextLayout,
  names: TextNames,
  { classes }: TextDigest,
): Generator<string, void, undefined> {
  const findings: FindingsById = new Map(report.findings.map((finding) => [finding.id, finding]));
  const view = { layout, names, findings };
  for (const { id, connections, shown } of classes) {
    yield* heading(layout, `${id}: ${pathClassTitle(id)} (${formatCount(connections)})`);
    let rendered = 0;
    for (const position of shown) {
      const connection = report.connections.at(position);
      if (connection === undefined) continue;
      if (layout.wide || rendered < FULL_PER_CLASS) yield* renderConnection(connection, view);
      else yield* renderBriefly(connection, view);
      rendered += 1;
    }
    const hidden = connections - rendered;
    if (hidden > 0) {
      yield* labelled(layout, { label: "", text: moreRemark(hidden), indent: 0, labelWidth: 2 });
    }
  }
}

function* renderBriefly(
  connection: ReportConnection,
  { layout, names }: View,
): Generator<string, void, undefined> {
  const { packets, bytes, findings } = connection;
  const size = `${plural(packets.orig + packets.resp, "packet")} ${formatBytes(bytes.orig + bytes.resp)}`;
  const found = findings.length === 0 ? "" : `, found ${findings.join(" ")}`;
  const doubt = connection.confidence === "proven" ? "" : `, ${connection.confidence}`;
  yield* labelled(layout, {
    label: connection.id,
    text: `${names.short(partiesText(connection))}${doubt}, ${size}${found}`,
    indent: 2,
    labelWidth: ID_WIDTH,
  });
}

function partiesText({ orig, resp, protocol, tcp }: ReportConnection): string {
  const state = tcp === undefined ? "" : ` ${tcp.state}`;
  if (!protocol.startsWith("icmp") || orig.port === null)
    return `${partyName(orig)} → ${partyName(resp)}, ${protocol}${state}`;
  // Both ends have the echo's one identifier.
  const [from, to] = [partyName({ ...orig, port: null }), partyName({ ...resp, port: null })];
  return `${from} → ${to}, ${protocol} ${["id", orig.port].join(KEEP_TOGETHER)}`;
}

function* renderConnection(
  connection: ReportConnection,
  { layout, names, findings }: View,
): Generator<string, void, undefined> {
  const { style } = layout;
  yield* labelled(layout, {
    label: connection.id,
    text: `${names.short(partiesText(connection))}, ${connection.confidence}`,
    indent: 2,
    labelWidth: ID_WIDTH,
    paintLabel: style.strong,
  });
  const field = (label: string, text: string, paint = style.faint) =>
    labelled(layout, {
      label,
      text,
      indent: 2 + ID_WIDTH,
      labelWidth: FIELD_WIDTH,
      paintLabel: paint,
    });
  for (const id of connection.findings) {
    const finding = findings.get(id);
    if (finding === undefined) continue;
    const text = `${finding.level.toUpperCase()} ${id} ${finding.rule}`;
    yield* field("found", text, levelPaint(style, finding.level));
  }
  for (const [i, line] of pathLines(connection).entries()) {
    yield* field(i === 0 ? "path" : "", names.short(line));
  }
  for (const { rule } of connection.nat) {
    if (rule !== undefined) yield* field("rule", names.short(`${rule.text} [${quoted(rule)}]`));
  }
  if (connection.client !== undefined) {
    yield* field(
      "client",
      `${showEndpoint(connection.client)} (${CLIENT_FROM[connection.clientFrom ?? "proxy-protocol"]})`,
    );
  }
  yield* field("seen", seenText(connection, layout, names));
  const hops = layout.wide ? hopLines(connection) : [];
  for (const [i, hop] of hops.entries()) yield* field(i === 0 ? "hops" : "", hop);
  const links = layout.wide ? (connection.links ?? []) : [];
  for (const [i, link] of links.entries()) yield* field(i === 0 ? "links" : "", linkText(link));
  yield* field("data", dataText(connection));
  const rate = rateText(connection);
  if (rate !== "") yield* field("rate", rate);
  if (rate !== "" && layout.wide) yield* field("", rateCurve(connection));
  yield* renderDoubt(connection, field);
  yield* renderEvidence(connection.evidence, EVIDENCE_PER_CONNECTION, layout, names, field);
}

function linkText({ connection, side, confidence, because }: ReportLink): string {
  const told =
    side === "back" ? `${connection} opened on behalf of it` : `opened for ${connection}`;
  return `proxied: ${told}, ${confidence}: ${because}`;
}

function* renderDoubt(
  connection: ReportConnection,
  field: (label: string, text: string) => Iterable<string>,
): Generator<string, void, undefined> {
  const others = (connection.candidates ?? []).filter((id) => id !== connection.class);
  const which = connection.class === "unclassified" ? "one of" : "or";
  if (others.length > 0) yield* field("maybe", `${which} ${others.join(", ")}`);
  if (connection.wouldDecide !== undefined) yield* field("decide", connection.wouldDecide);
  if (connection.expected !== undefined && connection.expected.class !== connection.class) {
    yield* field("rules", `predict ${connection.expected.class}: ${connection.expected.because}`);
  }
  const { ambiguousWith: origClaims = [] } = connection.orig;
  const { ambiguousWith: respClaims = [] } = connection.resp;
  for (const [party, claims] of [
    [connection.orig, origClaims],
    [connection.resp, respClaims],
  ] as const) {
    if (claims.length > 0) {
      yield* field("also", `${party.address} is claimed by ${claims.join(", ")} as well`);
    }
  }
}

/** The addresses on the wire: one line with the rewrite inside it when there is one, a line for each leg otherwise. */
function pathLines(connection: ReportConnection): readonly string[] {
  const { orig, dialled, nat, protocol } = connection;
  const [first] = nat;
  if (first === undefined) {
    // Ends without names were shown by their addresses already.
    const named = orig.name !== undefined || connection.resp.name !== undefined;
    return named ? [legText(protocol, { orig, resp: dialled })] : [];
  }
  if (nat.length === 1 && first.kind !== "both") return [oneRewrite(protocol, first)];
  return [
    legText(protocol, first.before),
    ...nat.map((step) => `→ ${where(step)} ${legText(protocol, step.after)}`),
  ];
}

type Endpoint = ReportConnection["dialled"];

function legText(protocol: string, { orig, resp }: { orig: Endpoint; resp: Endpoint }): string {
  return `${sender(protocol, orig)} → ${receiver(protocol, resp)}`;
}

function oneRewrite(protocol: string, step: ReportNatStep): string {
  const orig = sender(protocol, step.before.orig);
  const resp = receiver(protocol, step.after.resp);
  if (step.kind === "snat")
    return `${orig} → ${where(step)} ${sender(protocol, step.after.orig)} → ${resp}`;
  return `${orig} → ${receiver(protocol, step.before.resp)} → ${where(step)} ${resp}`;
}

function where({ kind, node }: ReportNatStep): string {
  const what = kind === "both" ? "snat+dnat" : kind;
  return node === undefined ? `[${what}]` : `[${what} ${node}]`;
}

/** An echo's identifier stands in the report at both ends; the sender's is shown, which a rewrite may change. */
function sender(protocol: string, endpoint: Endpoint): string {
  if (!protocol.startsWith("icmp") || endpoint.port === null) return receiver(protocol, endpoint);
  return [endpoint.address, "id", endpoint.port].join(KEEP_TOGETHER);
}

/** Rewrites carry port 0 where the protocol has none; nobody reads that as a port. */
function receiver(protocol: string, endpoint: Endpoint): string {
  const portLess =
    protocol.startsWith("icmp") || (protocol.startsWith("ip") && endpoint.port === 0);
  return portLess ? endpoint.address : showEndpoint(endpoint);
}

/**
 * "n1/eni7b0c 14 out 12 back, n1/eth0 14 out 12 back in vxlan vni 1 (2 captures)", in records. Several captures of one place saw
 * the same packets; `-i any` may show its two directions as two vantage points.
 */
function seenText(
  { observations }: ReportConnection,
  layout: TextLayout,
  names: TextNames,
): string {
  const places = new Map<string, { orig: number; resp: number; captures: Set<string> }>();
  for (const observation of observations) {
    const { vantagePoint, records } = observation;
    const place = layout.wide ? vantagePoint : names.place(vantagePoint);
    const label = `${names.short(place)}${tunnelText(observation)}`;
    const seen = places.get(label) ?? { orig: 0, resp: 0, captures: new Set() };
    seen.orig = Math.max(seen.orig, records.orig);
    seen.resp = Math.max(seen.resp, records.resp);
    seen.captures.add(names.captureOf(vantagePoint));
    places.set(label, seen);
  }
  const { shown, hidden } = fold(layout, [...places], VANTAGE_POINTS_PER_CONNECTION);
  const parts = shown.map(([label, { orig, resp, captures }]) => {
    const times = captures.size === 1 ? "" : ` (${captures.size}${KEEP_TOGETHER}captures)`;
    return `${label} ${[orig, "out", resp, "back"].join(KEEP_TOGETHER)}${times}`;
  });
  return parts.join(", ") + (hidden === 0 ? "" : `, ${moreRemark(hidden)}`);
}

function tunnelText({ encapsulation }: ReportObservation): string {
  if (encapsulation === undefined) return "";
  const vni = encapsulation.vni === undefined ? "" : ` vni ${encapsulation.vni}`;
  return ` in ${encapsulation.kind}${vni}`;
}

function dataText({ packets, bytes, firstSeen, lastSeen }: ReportConnection): string {
  const side = (count: number, size: number, way: string): string =>
    count === 0 ? `nothing ${way}` : `${plural(count, "packet")} ${formatBytes(size)} ${way}`;
  const out = side(packets.orig, bytes.orig, "out");
  return `${out}, ${side(packets.resp, bytes.resp, "back")}; ${whenText(firstSeen, lastSeen)}`;
}
