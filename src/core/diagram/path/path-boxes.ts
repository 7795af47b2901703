/** What stands in the boxes of the packet path. */
import type { ReportConnection, ReportNatStep } from "../../report/report.ts";
import { endpointText, partyName, tupleText } from "../endpoint-text.ts";
import { label, wrap } from "../label.ts";
import type { ColourName } from "../palette.ts";
import type { Rectangle, SceneBox, SceneLabel, SceneLink } from "../scene.ts";
import { textWidth } from "../text-width.ts";
import { ownText, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { PathStop, SeenStop } from "./path-model.ts";
import {
  endDetail,
  firstSightText,
  numberedPlace,
  placeDetail,
  quotedFrom,
  recordsText,
  rewriteBasis,
  rewriteTitle,
  rewrittenEnds,
} from "./path-text.ts";

interface Drawn {
  readonly boxes: SceneBox[];
  readonly labels: SceneLabel[];
}

const PADDING = 14;
const HEIGHT = { end: 67, seen: 67, folded: 36 } as const;
/** Baselines below the top of a box. */
const FIRST = 22;
const SECOND = 38;
const THIRD = 55;
const REWRITE = { line: 16, rule: 13, ruleSize: 10, ruleLines: 3, label: 78 } as const;

export function stopHeight(stop: PathStop, width: number, connection: ReportConnection): number {
  if (stop.kind !== "rewrite") return HEIGHT[stop.kind];
  const ends = rewrittenEnds(connection.protocol, stop.step).length;
  const quoted = ruleLines(stop.step, width - 2 * PADDING - REWRITE.label).length;
  return FIRST + 4 + ends * REWRITE.line + quoted * REWRITE.rule + REWRITE.line + 14;
}

export function drawStop(
  drawn: Drawn,
  stop: PathStop,
  box: Rectangle,
  connection: ReportConnection,
): void {
  const { protocol } = connection;
  switch (stop.kind) {
    case "end": {
      const { party } = stop;
      const answered = connection.packets.resp > 0 ? "answered" : "no answer captured";
      const role = stop.side === "orig" ? "started it" : answered;
      const fill: ColourName =
        party.kind === "external" || party.kind === "peer" ? "outside" : "place";
      drawn.boxes.push(boxOf(stop, box, { fill, stroke: "border", radius: 14 }));
      const lines = [
        strong(xmlSafe(partyName(party)), fill),
        faint(xmlSafe(endDetail(stop, connection)), fill),
        mono(xmlSafe(endpointText(protocol, party)), fill),
      ];
      drawLines(drawn, lines, box, [role]);
      return;
    }
    case "seen":
      drawSeen(drawn, stop, box, protocol);
      return;
    case "rewrite":
      drawRewrite(drawn, stop.step, stop, box, protocol);
      return;
    case "folded": {
      drawn.boxes.push({
        ...boxOf(stop, box, { fill: "canvas", stroke: "border", radius: 5 }),
        dashed: true,
      });
      const text = ownText(`${stop.places} more places and rewrites, not drawn`);
      drawLines(drawn, [faint(text, "canvas")], box);
      return;
    }
  }
}

function drawSeen(drawn: Drawn, stop: SeenStop, box: Rectangle, protocol: string): void {
  const { observation, point } = stop;
  const link: SceneLink | null =
    point === null || observation.firstRecord === 0
      ? null
      : { kind: "packet", capture: point.capture, record: observation.firstRecord };
  drawn.boxes.push({
    ...boxOf(stop, box, { fill: "place", stroke: "border", radius: 5 }),
    tooltip: safeLines([observation.vantagePoint, point?.because ?? ""]),
    ...(link === null ? {} : { link }),
  });
  const lines = [
    strong(xmlSafe(numberedPlace(stop)), "place"),
    faint(xmlSafe(placeDetail(stop)), "place"),
    mono(xmlSafe(tupleText(protocol, observation)), "place"),
  ];
  drawLines(drawn, lines, box, [firstSightText(stop), recordsText(stop)]);
}

function drawRewrite(
  drawn: Drawn,
  step: ReportNatStep,
  stop: PathStop,
  box: Rectangle,
  protocol: string,
): void {
  drawn.boxes.push({
    ...boxOf(stop, box, { fill: "rewrite", stroke: "snat", radius: 5 }),
    dashed: step.confidence !== "proven",
    weight: 2,
  });
  const basis = xmlSafe(rewriteBasis(step));
  drawLines(drawn, [strong(ownText(rewriteTitle(step)), "rewrite")], box, [basis]);
  let y = box.y + FIRST + 4;
  const room = box.width - 2 * PADDING - REWRITE.label;
  const row = (head: string, text: SafeText, size: number, bold: boolean) => {
    const at = { x: box.x + PADDING, y, room: REWRITE.label - 4 };
    drawn.labels.push(label(ownText(head), at, { size: 11, on: "rewrite", colour: "muted" }));
    const style = bold ? "bold" : "mono";
    drawn.labels.push(
      label(text, { x: at.x + REWRITE.label, y, room }, { size, style, on: "rewrite" }),
    );
  };
  for (const { end, before, after } of rewrittenEnds(protocol, step)) {
    y += REWRITE.line;
    row(end, xmlSafe(`${before} → ${after}`), 12, true);
  }
  y += 3;
  ruleLines(step, room).forEach((line, i) => {
    y += REWRITE.rule;
    row(i === 0 ? "rule" : "", line, REWRITE.ruleSize, false);
  });
  y += REWRITE.line;
  const sources = [
    ...(step.rule === undefined ? [] : [quotedFrom(step.rule)]),
    ...(step.conntrack === undefined ? [] : [`conntrack ${quotedFrom(step.conntrack)}`]),
  ];
  const text = sources.length === 0 ? "the packets alone" : sources.join(", ");
  row("from", xmlSafe(text), REWRITE.ruleSize, false);
}

/** The rule in whole words, or that there is none; the end of a very long one is its tooltip. */
function ruleLines({ rule }: ReportNatStep, room: number): SafeText[] {
  if (rule === undefined) return [ownText("none in the snapshot explains it")];
  const lines = wrap(xmlSafe(rule.text), room, REWRITE.ruleSize, "mono");
  if (lines.length <= REWRITE.ruleLines) return lines;
  const rest = ownText(lines.slice(REWRITE.ruleLines - 1).join(" "));
  return [...lines.slice(0, REWRITE.ruleLines - 1), rest];
}

interface Line {
  readonly text: SafeText;
  readonly look: Parameters<typeof label>[2];
}

function strong(text: SafeText, on: ColourName): Line {
  return { text, look: { size: 13, style: "bold", on } };
}

function faint(text: SafeText, on: ColourName): Line {
  return { text, look: { size: 11, on, colour: "muted" } };
}

function mono(text: SafeText, on: ColourName): Line {
  return { text, look: { size: 11, style: "mono", on } };
}

/** Lines from the left, each with what stands at its right end; the right one has the first claim on the room. */
function drawLines(
  drawn: Drawn,
  lines: readonly Line[],
  box: Rectangle,
  right: readonly string[] = [],
): void {
  const baselines = [FIRST, SECOND, THIRD];
  lines.forEach(({ text, look }, i) => {
    const beside = right[i];
    const taken =
      beside === undefined ? 0 : drawRight(drawn, xmlSafe(beside), baselines[i] ?? 0, box, look.on);
    const y = box.y + (baselines[i] ?? 0);
    const room = box.width - 2 * PADDING - taken;
    if (text !== "") drawn.labels.push(label(text, { x: box.x + PADDING, y, room }, look));
  });
}

/** Answers how much room the text takes. */
function drawRight(
  drawn: Drawn,
  text: SafeText,
  baseline: number,
  box: Rectangle,
  on: ColourName,
): number {
  const most = box.width * 0.72;
  const at = { x: box.x + box.width - PADDING, y: box.y + baseline, room: most };
  const made = label(text, at, { size: 11, on, colour: "muted", anchor: "end" });
  drawn.labels.push(made);
  return textWidth(made.text, 11) + 12;
}

function boxOf(
  stop: PathStop,
  box: Rectangle,
  look: { readonly fill: ColourName; readonly stroke: ColourName; readonly radius: number },
): SceneBox {
  return {
    id: stop.id,
    role: "place",
    ...box,
    ...look,
    dashed: false,
    tooltip: null,
  };
}
