/** The lines of a pasted or saved command output, freed of what terminals and chat programs add to it. */

export interface TextLine {
  /** 1-based. */
  readonly number: number;
  readonly text: string;
}

const ESCAPE = String.fromCharCode(27);
/** ECMA-48 control sequences (colours) and operating system commands (window titles). */
const ANSI = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007${ESCAPE}]*\\u0007|[@-Z\\\\-_])`,
  "g",
);

/** Without byte order mark, carriage returns, colours and the `**` that bold text leaves when it is pasted. */
export function textLines(text: string): TextLine[] {
  let clean = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (clean.includes(ESCAPE)) clean = clean.replace(ANSI, "");
  return clean.split("\n").map((line, i) => ({ number: i + 1, text: cleanLine(line) }));
}

function cleanLine(line: string): string {
  let end = line.length;
  if (line.endsWith("\r")) end -= 1;
  const text = end === line.length ? line : line.slice(0, end);
  if (!text.includes("**")) return text;
  return text.replace(/^\s*\*\*/, "").replace(/\*\*\s*$/, "");
}
