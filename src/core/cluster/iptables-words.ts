/** Words of an iptables-save line (libxtables xtables_save_string: double quotes, backslash before quotes and backslashes). */

export interface IptablesWord {
  readonly text: string;
  readonly quoted: boolean;
}

/** null when a quote is not closed: the line is cut off. */
export function iptablesWords(line: string): IptablesWord[] | null {
  const words: IptablesWord[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === " " || line[at] === "\t") at += 1;
    const char = line[at];
    if (char === undefined) return words;
    if (char === '"') {
      const word = quotedWord(line, at + 1);
      if (word === null) return null;
      words.push({ text: word.text, quoted: true });
      at = word.end;
    } else {
      const start = at;
      while (at < line.length && line[at] !== " " && line[at] !== "\t") at += 1;
      words.push({ text: line.slice(start, at), quoted: false });
    }
  }
}

function quotedWord(line: string, start: number): { text: string; end: number } | null {
  const parts: string[] = [];
  for (let at = start; at < line.length; at++) {
    const char = line[at] ?? "";
    if (char === '"') return { text: parts.join(""), end: at + 1 };
    if (char === "\\") at += 1;
    parts.push(line[at] ?? "");
  }
  return null;
}
