/** What stands behind -r of tshark and tcpdump for a capture of the report. */
import type { Report } from "../report/report.ts";
import { shellWord } from "../report/shell-word.ts";

/** What undoes the compression that an input's format names. */
const UNPACK_WITH: ReadonlyMap<string, string> = new Map([
  ["gzip", "gzip -dc"],
  ["zstd", "zstd -dc"],
  ["lz4", "lz4 -dc"],
]);

/** How other programs read a file that podpath reads as it is. */
export interface Reading {
  readonly word: string;
  /** What makes one plain capture of it on standard output; null: it is one. */
  readonly unpack: string | null;
  /** tshark undoes compression itself, but reads one file only. */
  readonly severalFiles: boolean;
  readonly notes: readonly string[];
}

/** `options` go behind -r. */
export function tsharkCommand(from: Reading, options: string): string {
  return from.severalFiles
    ? `${from.unpack ?? "cat"} ${from.word} | tshark -n -r - ${options}`
    : `tshark -n -r ${from.word} ${options}`;
}

export function tcpdumpCommand(from: Reading, filter: string): string {
  return from.unpack === null
    ? `tcpdump -nn -r ${from.word} ${filter}`
    : `${from.unpack} ${from.word} | tcpdump -nn -r - ${filter}`;
}

export function reading({ inputs, captures }: Report, file: string): Reading {
  const parts = captures.find((capture) => capture.file === file)?.parts;
  if (parts !== undefined) {
    // In the order in which podpath read them, so that its record numbers are the frame numbers.
    const words = parts.map((part) =>
      shellWord(part.file.startsWith("-") ? `./${part.file}` : part.file),
    );
    const unpack = "mergecap -a -F pcap -w -";
    return { word: words.join(" "), unpack, severalFiles: true, notes: [] };
  }
  const bundle = /^(.+\.(?:tar|tgz|tar\.[a-z0-9]+)):(.+)$/i.exec(file);
  if (bundle !== null) {
    const [, archive = "", member = ""] = bundle;
    const notes = [`unpack it first: tar -xf ${shellWord(archive)}`];
    return { word: shellWord(member), unpack: null, severalFiles: false, notes };
  }
  const format = inputs.find((input) => input.file === file)?.format ?? "";
  const unpack = UNPACK_WITH.get(format.split("+")[1] ?? "") ?? null;
  // A name that begins with a dash would be an option.
  const word = shellWord(file.startsWith("-") && file !== "-" ? `./${file}` : file);
  const notes = file === "-" ? ["it came through standard input: save it to a file first"] : [];
  return { word, unpack, severalFiles: false, notes };
}
