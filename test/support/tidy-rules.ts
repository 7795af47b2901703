/**
 * Rules about the files themselves. Each takes a path and its text and gives sentences about what is wrong, so that
 * tidy.test.ts can show them a planted violation before it trusts them with the project.
 */

export const MAX_FILE_LINES = 400;

/** Long on purpose, each with its reason. An entry that is no longer needed is itself a violation. */
export const LONG_FILES: Readonly<Record<string, string>> = {
  "src/core/cluster/snapshot.ts":
    "declarations only: the snapshot's vocabulary, read top to bottom",
};

/** A name that says nothing about what is inside becomes a pile. */
const PILES = /^(?:utils?|helpers?|misc|common|shared|managers?|types|index|lib|stuff)$/;

/** Marks of unfinished work; written so that this file does not hold them itself. */
const LOOSE_ENDS = /\b(?:TO(?:)DO|FIX(?:)ME|X(?:)XX|HA(?:)CK)\b/;

/** Paths of somebody's machine, and package hosts other than npm's own. */
const MACHINE_TRACES =
  /\/(?:work\/(?:main|shared)|root|home\/[a-z][\w-]*|Users\/\w+)\/|\b(?:artif(?:)actory|verda(?:)ccio|codeart(?:)ifact|jf(?:)rog)\b/i;

/** What counts as naming the document that a decoder follows. */
const SPECIFICATION =
  /\bRFC \d{3,5}\b|\bsection \d|\bhttps:\/\/|\bIEEE 802\b|\bLINKTYPE_\w+|\bdraft-[a-z]|\bITU-T\b|proxy-protocol\.txt|\b(?:include|net|drivers)\/[\w/-]+\.[ch]\b/;

/** The name of a file of wire/ that decodes something; tables of numbers and plumbing give null. */
function decoderName(path: string, text: string): string | null {
  if (!/^export function (?:decode|parse)\w+/m.test(text)) return null;
  return /^src\/core\/wire\/([\w-]+)\.ts$/.exec(path)?.[1] ?? null;
}

export function tooLong(path: string, text: string): string[] {
  if (!/\.[jt]s$/.test(path)) return [];
  const lines = text.split("\n").length - 1;
  const reason = LONG_FILES[path];
  if (lines > MAX_FILE_LINES && reason === undefined)
    return [`${path} has ${lines} lines, more than ${MAX_FILE_LINES}: give a part of it a name`];
  if (lines <= MAX_FILE_LINES && reason !== undefined)
    return [`${path} needs its place in LONG_FILES no longer`];
  return [];
}

export function pileName(path: string): string[] {
  if (!/^(?:src|test|bin)\//.test(path)) return [];
  return path
    .split("/")
    .map((part) => part.replace(/\..*$/, ""))
    .filter((part) => PILES.test(part))
    .map((part) => `${path}: "${part}" says nothing; name the thing that is inside`);
}

export function looseEnds(path: string, text: string): string[] {
  return matchingLines(path, text, LOOSE_ENDS, "finish it or say in docs/ what is missing");
}

export function machineTraces(path: string, text: string): string[] {
  const traces = matchingLines(path, text, MACHINE_TRACES, "a trace of one machine");
  if (!/(?:^|\/)(?:package-lock\.json|\.npmrc)$/.test(path)) return traces;
  const hosts = /"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)|^\s*(?:@[\w-]+:)?registry\s*=/;
  return [...traces, ...matchingLines(path, text, hosts, "packages come from npm's own host")];
}

function matchingLines(path: string, text: string, pattern: RegExp, what: string): string[] {
  return text.split("\n").flatMap((line, i) => {
    const found = pattern.exec(line);
    return found === null ? [] : [`${path}:${i + 1}: ${found[0].trim()}: ${what}`];
  });
}

export function decoderWithoutSpecification(path: string, text: string): string[] {
  const name = decoderName(path, text);
  // decode-link.ts and its like only choose the decoder; what they choose by stands in tables of their own.
  if (name === null || name.startsWith("decode-") || SPECIFICATION.test(text)) return [];
  return [`${path} names no specification (RFC, IEEE, LINKTYPE_, kernel file)`];
}

/** Every decoder has its test at the same place below test/. */
export function decoderWithoutTest(path: string, text: string, all: ReadonlySet<string>): string[] {
  const name = decoderName(path, text);
  if (name === null) return [];
  const mirror = `test/core/wire/${name}.test.ts`;
  return all.has(mirror) ? [] : [`${path} has no ${mirror}`];
}

/** One "# title", on the first line, not counting what stands in code blocks. */
export function titles(path: string, text: string): string[] {
  if (!path.endsWith(".md")) return [];
  const prose = text.replace(/^```[\s\S]*?^```/gm, "");
  const count = prose.match(/^# \S/gm)?.length ?? 0;
  if (count !== 1) return [`${path} has ${count} titles`];
  return text.startsWith("# ") ? [] : [`${path} does not begin with its title`];
}

/** A diagnostic as the source declares it: its code and, when it is a constant of its own, that constant's name. */
export interface DeclaredDiagnostic {
  readonly code: string;
  readonly constant: string | null;
}

export function diagnosticsOf(text: string): DeclaredDiagnostic[] {
  const declarations =
    /(?:\bconst ([A-Z][A-Z0-9_]*)\b[^={]*= \{\s*)?\bcode: "([a-z]+\.[a-z0-9.-]+)"/g;
  return [...text.matchAll(declarations)].map(([, constant, code = ""]) => ({
    code,
    constant: constant ?? null,
  }));
}

/** Diagnostics that no text of `tests` names, by code or by constant. */
export function neverRaised(
  declared: readonly DeclaredDiagnostic[],
  tests: readonly string[],
): string[] {
  const all = tests.join("\n");
  return declared
    .filter(({ code, constant }) => {
      const named = new RegExp(`["'\`/ ]${code.replace(".", "\\.")}(?![\\w-])`).test(all);
      return !named && (constant === null || !new RegExp(`\\b${constant}\\b`).test(all));
    })
    .map(({ code }) => code);
}
