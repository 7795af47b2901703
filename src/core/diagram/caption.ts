/** What stands around every picture: title, list of findings, and sentences about what it shows and leaves out. */
import { MAX_DRAWN_FINDINGS } from "../limits.ts";
import { label, wrap } from "./label.ts";
import { count } from "./quantity-text.ts";
import type { SceneBadge, SceneLabel } from "./scene.ts";
import { textWidth } from "./text-width.ts";
import { bounded, ownText, type SafeText } from "./xml-safe.ts";

/** Space around a picture. */
export const MARGIN = 24;
/** From the top of the picture to the first free y below its title. */
export const TITLE_BOTTOM = MARGIN + 64;
const TEXT = 11.5;
const TITLE_SIZES = [18, 16, 14.5] as const;
const LEAST_TITLE = 13;
const LINE = 20;
const MESSAGE_LINE = 16;
const MESSAGE_LINES = 2;
const NOTE_LINE = 17;
/** From the left margin to a finding's text. */
const INDENT = 36;
const BADGE = { height: 14, size: 10, padding: 8 } as const;

/** Lists that the functions below add to. */
export interface Caption {
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
}

export interface CaptionFinding {
  readonly id: string;
  /** 1-based position in the report's list of findings. */
  readonly number: number;
  readonly level: "error" | "warning" | "note";
  /** Rule, title and whatever the picture adds. */
  readonly text: SafeText;
  readonly message: SafeText;
}

/** Title and one line below it; ends above TITLE_BOTTOM. */
export function drawTitle(
  { labels }: Caption,
  title: SafeText,
  summary: SafeText,
  width: number,
): void {
  const room = width - 2 * MARGIN;
  // Two pod names are longer than most titles; rather smaller than cut.
  const size = TITLE_SIZES.find((one) => textWidth(title, one, "bold") <= room) ?? LEAST_TITLE;
  labels.push(
    label(title, { x: MARGIN, y: MARGIN + 16, room }, { size, style: "bold", on: "canvas" }),
    label(
      summary,
      { x: MARGIN, y: MARGIN + 38, room },
      { size: TEXT, on: "canvas", colour: "muted", lose: "end" },
    ),
  );
}

/** Findings with their numbers and first words. `top` is the first baseline; the answer is the next one. */
export function drawFindings(
  caption: Caption,
  findings: readonly CaptionFinding[],
  top: number,
  width: number,
): number {
  const room = width - 2 * MARGIN;
  const { labels } = caption;
  let y = top;
  for (const { id, number, level, text, message } of findings.slice(0, MAX_DRAWN_FINDINGS)) {
    const badge = findingBadge(String(number), level === "error", { x: MARGIN, y: y - 11 });
    caption.badges.push({ ...badge, link: { kind: "finding", id } });
    const at = { x: MARGIN + INDENT, y, room: room - INDENT };
    labels.push(label(text, at, { size: TEXT, on: "canvas", lose: "end" }));
    y = drawMessage(caption, message, { ...at, y: y + MESSAGE_LINE }) + 4;
  }
  if (findings.length > MAX_DRAWN_FINDINGS) {
    const more = count(findings.length - MAX_DRAWN_FINDINGS, "more finding");
    labels.push(
      label(
        ownText(`and ${more}: see the report`),
        { x: MARGIN + INDENT, y, room },
        { size: TEXT, on: "canvas", colour: "muted" },
      ),
    );
    y += LINE;
  }
  return y === top ? y : y + 8;
}

/** Sentences below the picture, broken into lines. `top` is the first baseline; the answer is the picture's height. */
export function drawNotes(
  { labels }: Caption,
  sentences: readonly SafeText[],
  top: number,
  width: number,
): number {
  const room = width - 2 * MARGIN;
  let y = top;
  for (const sentence of sentences) {
    for (const line of wrap(sentence, room, TEXT)) {
      labels.push(
        label(line, { x: MARGIN, y, room }, { size: TEXT, on: "canvas", colour: "muted" }),
      );
      y += NOTE_LINE;
    }
  }
  return y - LINE + 8 + MARGIN;
}

/** The pill that carries a finding's number, here and on the lines of the picture. */
export function findingBadge(
  text: string,
  isError: boolean,
  at: { readonly x: number; readonly y: number },
): SceneBadge {
  return {
    ...at,
    width: badgeWidth(text),
    height: BADGE.height,
    text: ownText(text),
    fill: isError ? "badge" : "warning",
    colour: isError ? "badgeText" : "warningText",
  };
}

/** "3", "3,5", "3+4" for five of them. */
export function findingsText(numbers: readonly number[]): string {
  const [first, second] = numbers;
  if (first === undefined) return "";
  if (second === undefined) return String(first);
  return numbers.length === 2 ? `${first},${second}` : `${first}+${numbers.length - 1}`;
}

export function badgeWidth(text: string): number {
  return Math.max(BADGE.height, Math.ceil(textWidth(text, BADGE.size, "bold")) + BADGE.padding);
}

/** Two lines of a finding's own words; the whole of a longer message is their tooltip. */
function drawMessage(
  { labels }: Caption,
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
    labels.push(label(line, { ...at, y }, look));
    y += MESSAGE_LINE;
  }
  return y;
}
