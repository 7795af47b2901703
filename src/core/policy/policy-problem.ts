/** What is wrong with a file that somebody wrote, shown as compilers do: place, sentence, the line, a caret under the word. */
import type { TextPlace } from "../yaml/read-yaml.ts";

export interface PolicyProblem extends TextPlace {
  readonly message: string;
}

/** Longer lines are shown around the place. */
const SHOWN_COLUMNS = 100;

/**
 * "policy.yaml:3:12: message", then the line and a caret. The text is raw: whoever shows it makes each line safe.
 * Tabs become blanks, so that the caret stands right.
 */
export function problemLines(file: string, source: string, problem: PolicyProblem): string[] {
  const { line, column, message } = problem;
  const first = `${file}:${line}:${column}: ${message}`;
  const written = lineOf(source, line);
  if (written === null) return [first];
  const from = column > SHOWN_COLUMNS ? column - SHOWN_COLUMNS / 2 : 0;
  const shown = written.slice(from, from + SHOWN_COLUMNS).replaceAll("\t", " ");
  const gutter = `${String(line).padStart(5)} | `;
  const caret = " ".repeat(gutter.length - 2);
  return [first, gutter + shown, `${caret}| ${" ".repeat(Math.max(0, column - 1 - from))}^`];
}

function lineOf(source: string, line: number): string | null {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = source.indexOf("\n", start);
    if (end < 0) return null;
    start = end + 1;
  }
  const end = source.indexOf("\n", start);
  return source.slice(start, end < 0 ? undefined : end).replace(/\r$/, "");
}
