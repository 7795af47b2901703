/** What stands around the traffic map: title, legend, list of findings, and what the map leaves out. */
import { comparePathClasses, pathClassTitle } from "../../report/path-class-title.ts";
import { type CaptionFinding, drawFindings, drawNotes, drawTitle, MARGIN } from "../caption.ts";
import { label } from "../label.ts";
import { classStyle } from "../palette.ts";
import { count } from "../quantity-text.ts";
import type { SceneBadge, SceneLabel, SceneStroke } from "../scene.ts";
import { textWidth } from "../text-width.ts";
import { ownText, type SafeText, xmlSafe } from "../xml-safe.ts";
import type { TopologyFinding, TopologyModel } from "./topology-model.ts";
import { leftOut, mapSummary, mapTitle } from "./topology-text.ts";

interface Key {
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
  readonly swatches: SceneStroke[];
  /** Of the whole picture. */
  readonly height: number;
}

const TEXT = 11.5;
const LINE = 20;
const GAP = 28;
const SWATCH = 36;

export function drawKey(model: TopologyModel, size: { width: number; top: number }): Key {
  const key = { labels: [], badges: [], swatches: [] };
  drawTitle(key, mapTitle(model), mapSummary(model), size.width);
  let y = legend(key, model, size.top + 32, size.width - 2 * MARGIN);
  y = drawFindings(key, captionFindings(model), y, size.width);
  return { ...key, height: drawNotes(key, footer(model), y, size.width) };
}

/** One entry per class that is drawn, in columns of equal width. */
function legend(key: Omit<Key, "height">, model: TopologyModel, top: number, room: number): number {
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

function captionFindings({ findings }: TopologyModel): CaptionFinding[] {
  return findings
    .filter(({ level }) => level !== "note")
    .map((finding) => ({
      ...finding,
      text: findingText(finding),
      message: xmlSafe(finding.message),
    }));
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
