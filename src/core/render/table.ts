/** A table in plain text: columns as wide as their longest cell, the last one cut where the line ends. */
import { characterWidth, displayWidth, safeText } from "./safe-text.ts";
import type { TextLayout } from "./text-layout.ts";
import type { Paint } from "./text-style.ts";

export interface TableColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly paint?: Paint;
}

const GAP = "  ";

export function* renderTable(
  layout: TextLayout,
  columns: readonly TableColumn[],
  rows: readonly TableRow[],
): Generator<string, void, undefined> {
  const titles = columns.map(({ title }) => title);
  const safeRows = rows.map(({ cells, paint }) => ({ cells: cells.map(safeText), paint }));
  const widths = columns.map((_, i) =>
    Math.max(
      ...[titles, ...safeRows.map(({ cells }) => cells)].map((c) => displayWidth(c[i] ?? "")),
    ),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? "left"));
    return cut(padded.join(GAP).trimEnd(), layout.width);
  };
  yield `${layout.style.faint(line(titles))}\n`;
  for (const { cells, paint } of safeRows) {
    const text = line(cells);
    yield `${paint === undefined ? text : paint(text)}\n`;
  }
}

function pad(text: string, width: number, align: "left" | "right"): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return align === "left" ? text + space : space + text;
}

/** Text that is too wide ends in an ellipsis, so that nobody takes it for whole. */
function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    const columns = characterWidth(character);
    if (used + columns > width - 1) break;
    kept += character;
    used += columns;
  }
  return `${kept}…`;
}
