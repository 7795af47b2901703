/** What stands around the traffic map: title, legend, list of findings, and what the map leaves out. */
import { MAX_DRAWN_FINDINGS } from "../../limits.ts";
import { comparePathClasses, pathClassTitle } from "../../report/path-class-title.ts";
import { label, wrap } from "../label.ts";
import { classStyle } from "../palette.ts";
import type { SceneBadge, SceneLabel, SceneStroke } from "../scene.ts";
import { textWidth } from "../text-width.ts";
import { bounded, ownText, type SafeText, xmlSafe } from "../xml-safe.ts";
import { MARGIN } from "./topology-geometry.ts";
import type { TopologyFinding, TopologyModel } from "./topology-model.ts";
import { count, leftOut, mapSummary, mapTitle } from "./topology-text.ts";

interface Key {
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
  readonly swatches: SceneStroke[];
  readonly bottom: number;
}

const TEXT = 11.5;
const LINE = 20;
const MESSAGE_LINE = 16;
const MESSAGE_LINES = 2;
const GAP = 28;
const SWATCH = 36;

export function drawKey(model: TopologyModel, size: { width: number; top: number }): Key {
  const room = size.width - 2 * MARGIN;
  const labels: SceneLabel[] = [
    label(
      mapTitle(model),
      { x: MARGIN, y: MARGIN + 16, room },
      { size: 18, style: "bold", on: "canvas" },
    ),
    label(
      mapSummary(model),
      { x: MARGIN, y: MARGIN + 38, room },
      { size: TEXT, on: "canvas", colour: "muted" },
    ),
  ];
  const key: Key = { labels, badges: [], swatches: [], bottom: size.top };
  let y = legend(key, model, size.top + 32, room);
  y = findings(key, model, y, room);
  for (const sentence of footer(model)) {
    for (const line of wrap(sentence, room, TEXT)) {
      labels.push(
        label(line, { x: MARGIN, y, room }, { size: TEXT, on: "canvas", colour: "muted" }),
      );
      y += 17;
    }
  }
  return { ...key, bottom: y - LINE + 8 };
}

/** One entry per class that is drawn, in columns of equal width. */
function legend(key: Key, model: TopologyModel, top: number, room: number): number {
  const classes = [...new Set(model.edges.map((edge) => edge.class))].sort(comparePathClasses);
  const entries = classes.map((id) => ({ id, text: legendText(model, id) }));
  const widest = Math.max(0, ...entries.map(({ text }) => textWidth(text, TEXT)));
  const columns = Math.max(1, Math.floor((room + GAP) / (SWATCH + 36 + widest + GAP)));
  const lines = Math.ceil(entries.length / columns);
  entries.forEach(({ id, text }, i) => {
    const { letter, colour, dash } = classStyle(id);
    const x = MARGIN + Math.floor(i / lines) * Math.floor((room + GAP) / columns);
    const y = top + (i % lines) * LINE;
    key.swatches.push({ d: `M${x} ${y - 4}L${x + SWATCH} ${y - 4}`, colour, width: 2.5, dash });
    const at = { x: x + SWATCH + 8, y, room: 28 };
    key.labels.push(
      label(ownText(letter), at, { size: TEXT, style: "bold", on: "canvas", colour }),
    );
    const from = SWATCH + 36;
    const left = Math.floor((room + GAP) / columns) - GAP - from;
    key.labels.push(label(text, { x: x + from, y, room: left }, { size: TEXT, on: "canvas" }));
  });
  return top + lines * LINE + (lines > 0 ? 12 : 0);
}

function legendText(model: TopologyModel, id: string): SafeText {
  const sum = model.edges
    .filter((edge) => edge.class === id)
    .reduce((total, edge) => total + edge.connections, 0);
  return xmlSafe(`${id}: ${pathClassTitle(id)} (${sum})`);
}

function findings(key: Key, model: TopologyModel, top: number, room: number): number {
  const serious = model.findings.filter(({ level }) => level !== "note");
  let y = top;
  for (const finding of serious.slice(0, MAX_DRAWN_FINDINGS)) {
    const number = String(finding.number);
    const width = Math.max(14, Math.ceil(textWidth(number, 10, "bold")) + 8);
    const grave = finding.level === "error";
    key.badges.push({
      x: MARGIN,
      y: y - 11,
      width,
      height: 14,
      text: ownText(number),
      fill: grave ? "badge" : "warning",
      colour: grave ? "badgeText" : "warningText",
    });
    const at = { x: MARGIN + SWATCH, y, room: room - SWATCH };
    key.labels.push(label(findingText(finding), at, { size: TEXT, on: "canvas", lose: "end" }));
    y = drawMessage(key, xmlSafe(finding.message), { ...at, y: y + MESSAGE_LINE }) + 4;
  }
  if (serious.length > MAX_DRAWN_FINDINGS) {
    const more = ownText(
      `and ${count(serious.length - MAX_DRAWN_FINDINGS, "more finding")}: see the report`,
    );
    key.labels.push(
      label(more, { x: MARGIN + SWATCH, y, room }, { size: TEXT, on: "canvas", colour: "muted" }),
    );
    y += LINE;
  }
  return y === top ? y : y + 8;
}

/** Two lines of a finding's own words; the whole of a longer message is their tooltip. */
function drawMessage(
  key: Key,
  message: SafeText,
  at: { readonly x: number; readonly y: number; readonly room: number },
): number {
  const lines = wrap(message, at.room, TEXT);
  const shown = lines.slice(0, MESSAGE_LINES);
  if (lines.length > shown.length) {
    // The rest stands behind its line's end, so that the label cuts it there and says so.
    shown[MESSAGE_LINES - 1] = bounded(lines.slice(MESSAGE_LINES - 1).join(" "));
  }
  let y = at.y;
  for (const line of shown) {
    const look = {
      size: TEXT,
      on: "canvas",
      colour: "muted",
      tooltip: message,
      lose: "end",
    } as const;
    key.labels.push(label(line, { ...at, y }, look));
    y += MESSAGE_LINE;
  }
  return y;
}

function findingText({ rule, level, title, connections, drawn }: TopologyFinding): SafeText {
  const about = connections === 0 ? "" : ` (${count(connections, "connection")})`;
  const where = drawn || connections === 0 ? "" : ", not on this map";
  return xmlSafe(`${level}: ${rule}: ${title}${about}${where}`);
}

function footer(model: TopologyModel): SafeText[] {
  const sentences = [
    "A letter and a number on a line: path class and connections. The arrow points at who answered; the line is wider the more bytes it carried (logarithm).",
  ];
  if (model.edges.some(({ unproven }) => unproven > 0)) {
    sentences.push("? behind the number: the class of some of these connections is not proven.");
  }
  const own =
    model.edges.length === 0 ? ["No connection with two ends that can be drawn."] : sentences;
  return [...own.map(ownText), ...leftOut(model)];
}
