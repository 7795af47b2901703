/**
 * Lines of the text report: a label column and wrapped text beside it. Every string that reaches a line goes through
 * `safeText` here, before it is painted; no other place makes lines.
 */
import type { Sequence } from "../sequence.ts";
import { characterWidth, displayWidth, safeText } from "./safe-text.ts";
import { type Paint, type TextStyle, textStyle } from "./text-style.ts";

export interface TextOptions {
  /** ANSI colours. */
  readonly color: boolean;
  /** Columns; text is wrapped to it. Infinity: one line each, for grep. */
  readonly width: number;
  /** Nothing is folded. */
  readonly wide: boolean;
}

export interface TextLayout {
  readonly style: TextStyle;
  readonly width: number;
  readonly wide: boolean;
}

/** Fewer columns than this cannot show an IPv6 address beside a label. */
const LEAST_WIDTH = 60;

export function textLayout({ color, width, wide }: TextOptions): TextLayout {
  return { style: textStyle(color), width: Math.max(width, LEAST_WIDTH), wide };
}

export interface LabelledText {
  readonly label: string;
  readonly text: string;
  /** Columns before the label. */
  readonly indent: number;
  /** Columns of the label, the space after it included; a longer label pushes the first line to the right. */
  readonly labelWidth: number;
  readonly paintLabel?: Paint;
  readonly paintText?: Paint;
}

/** `label  text`, with the text's further lines under its first. */
export function* labelled(
  layout: TextLayout,
  { label, text, indent, labelWidth, paintLabel, paintText }: LabelledText,
): Generator<string, void, undefined> {
  const plainLabel = safeText(label);
  const labelColumns = Math.max(labelWidth, plainLabel === "" ? 0 : displayWidth(plainLabel) + 1);
  const hanging = indent + labelWidth;
  const extra = labelColumns - labelWidth;
  const lines = wrap(safeText(shortened(layout, text)), layout.width - hanging, extra);
  for (const [i, line] of lines.entries()) {
    const painted = (paintText ?? same)(line);
    if (i > 0) {
      yield `${" ".repeat(hanging)}${painted}\n`;
      continue;
    }
    const gap = " ".repeat(labelColumns - displayWidth(plainLabel));
    const head = `${" ".repeat(indent)}${(paintLabel ?? same)(plainLabel)}`;
    yield line === "" ? `${head.trimEnd()}\n` : `${head}${gap}${painted}\n`;
  }
}

/** Writes the lines at the head of a text: what it is about, and the verdict. */
export function headLines(
  layout: TextLayout,
  labelWidth: number,
): (label: string, text: string, paintText?: Paint) => Generator<string, void, undefined> {
  return (label, text, paintText = same) =>
    labelled(layout, {
      label,
      text,
      indent: 0,
      labelWidth,
      paintLabel: layout.style.faint,
      paintText,
    });
}

/** One long list or a name of a megabyte must not push everything else off the screen. */
const LONGEST_TEXT = 600;

function shortened({ wide }: TextLayout, text: string): string {
  if (wide || text.length <= LONGEST_TEXT) return text;
  const hidden = text.length - LONGEST_TEXT;
  return `${text.slice(0, LONGEST_TEXT)}… ${formatCount(hidden)} more characters (-o wide shows all)`;
}

/** A section's title with an empty line above it. */
export function* heading(layout: TextLayout, title: string): Generator<string, void, undefined> {
  yield "\n";
  for (const line of wrap(safeText(title), layout.width)) yield `${layout.style.heading(line)}\n`;
}

function same(text: string): string {
  return text;
}

/** A space at which no line is broken: no-break space, written as a plain one. */
export const KEEP_TOGETHER = "\u00a0";

/** Lines of at most `width` columns, broken at spaces; a word that is longer is broken anywhere. Text must be safe. */
function wrap(text: string, width: number, firstLineShorterBy = 0): string[] {
  const lines: string[] = [];
  let line = "";
  let used = firstLineShorterBy;
  for (const word of text.split(" ")) {
    if (word === "") continue;
    const wordWidth = displayWidth(word);
    const gap = line === "" ? 0 : 1;
    if (used + gap + wordWidth <= width) {
      line += gap === 0 ? word : ` ${word}`;
      used += gap + wordWidth;
      continue;
    }
    if (line !== "" || used > 0) {
      lines.push(line);
      line = "";
      used = 0;
    }
    for (const piece of breakWord(word, width)) {
      if (line !== "") lines.push(line);
      line = piece;
      used = displayWidth(piece);
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines.map((whole) => whole.replaceAll(KEEP_TOGETHER, " "));
}

function* breakWord(word: string, width: number): Generator<string, void, undefined> {
  let piece = "";
  let used = 0;
  for (const character of word) {
    const columns = characterWidth(character);
    if (used + columns > width && piece !== "") {
      yield piece;
      piece = "";
      used = 0;
    }
    piece += character;
    used += columns;
  }
  if (piece !== "") yield piece;
}

/** The first `limit` items and a word on how many were left out; all of them when wide. */
export function fold<T>(
  layout: TextLayout,
  items: Sequence<T>,
  limit: number,
): { readonly shown: readonly T[]; readonly hidden: number } {
  const count = shownCount(layout, items.length, limit);
  const shown: T[] = [];
  for (const item of items) {
    shown.push(item);
    if (shown.length === count) break;
  }
  return { shown, hidden: items.length - count };
}

/** How many of `length` items are shown. Folding a single line away would save nothing: the remark takes one itself. */
export function shownCount({ wide }: TextLayout, length: number, limit: number): number {
  return wide || length <= limit + 1 ? length : limit;
}

export function moreRemark(hidden: number): string {
  return `… ${formatCount(hidden)} more (-o wide shows all)`;
}

/** 1234567 as "1,234,567"; independent of the locale. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(?:\d{3})+$)/g, ",");
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Bytes in powers of 1000 with three significant digits: "999 B", "1.23 kB", "45.6 MB". */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : scaled(bytes, ["kB", "MB", "GB", "TB", "PB"]);
}

/** "960 Mbit/s", likewise. */
export function formatBitRate(bitsPerSecond: number): string {
  if (bitsPerSecond < 999.5) return `${Math.round(bitsPerSecond)} bit/s`;
  return scaled(bitsPerSecond, ["kbit/s", "Mbit/s", "Gbit/s", "Tbit/s", "Pbit/s"]);
}

function scaled(amount: number, units: readonly string[]): string {
  let value = amount / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(decimals)} ${units[unit] ?? ""}`;
}
