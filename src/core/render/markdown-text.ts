/** Strings from captures and snapshots as CommonMark text: no markup, no HTML, no line of their own. */
import { safeText } from "./safe-text.ts";

/**
 * What CommonMark 0.31 or GFM gives a meaning inside a line is escaped (section 2.4), and what would begin a list or a rule at the
 * start of one. Brackets and angle brackets go, so that parentheses and exclamation marks may stay.
 */
export function markdownText(text: string): string {
  return safeText(text)
    .replace(/[\\`*_{}[\]<>#|~&]/g, "\\$&")
    .replace(/^([-+=]|\d{1,9}[.)])(?=\s|$)/, (mark) => mark.replace(/.$/, "\\$&"));
}

/** A code span: the fence is longer than any run of backticks inside. */
export function markdownCode(text: string): string {
  const safe = safeText(text).replace(/\s+/g, " ");
  const fence = "`".repeat(longestRun(safe) + 1);
  const pad = safe.startsWith("`") || safe.endsWith("`") || safe.trim() === "" ? " " : "";
  return `${fence}${pad}${safe}${pad}${fence}`;
}

/** A fenced block of shell commands. */
export function markdownCodeBlock(lines: readonly string[]): string {
  const safe = lines.map(safeText);
  const fence = "`".repeat(Math.max(3, longestRun(safe.join("\n")) + 1));
  return `${fence}sh\n${safe.join("\n")}\n${fence}\n`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
