/** Baseline files: read with places, written so that the same paths give the same text and a change of one is a change of few lines. */
import { MAX_COMPARED_PATHS, MAX_POLICY_TEXT } from "../limits.ts";
import { readYaml, type TextPlace } from "../yaml/read-yaml.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import {
  BASELINE_KEYS,
  type BaselineEntry,
  baseline as baselineSchema,
} from "./baseline-schema.ts";
import type { BasePath } from "./compare-paths.ts";
import type { PathSummary } from "./path-set.ts";
import type { PolicyProblem } from "./policy-problem.ts";
import { schemaProblems } from "./schema-problems.ts";
import { comparePaths, pathKey, type WorkloadPath } from "./workload-path.ts";

export interface BaselinePath extends BasePath {
  readonly place: TextPlace;
  readonly reason?: string;
}

export interface Baseline {
  readonly file: string;
  readonly paths: readonly BaselinePath[];
}

export type BaselineResult =
  | { readonly baseline: Baseline; readonly problems?: undefined }
  | { readonly baseline?: undefined; readonly problems: readonly PolicyProblem[] };

/** YAML, or JSON, which is YAML as well. */
export function readBaseline(source: string, file: string): BaselineResult {
  const refuse = (message: string): BaselineResult => ({
    problems: [{ line: 1, column: 1, message }],
  });
  if (source.length > MAX_POLICY_TEXT * BASELINE_FACTOR)
    return refuse(`is longer than ${MAX_POLICY_TEXT * BASELINE_FACTOR} characters`);
  const { text, problem } = readYaml(source);
  if (problem !== undefined) return { problems: [problem] };
  const parsed = baselineSchema.safeParse(text.value);
  if (!parsed.success)
    return { problems: schemaProblems(parsed.error.issues, text, BASELINE_KEYS) };
  if (parsed.data.paths.length > MAX_COMPARED_PATHS)
    return refuse(`has more than ${MAX_COMPARED_PATHS} paths`);
  const paths: BaselinePath[] = [];
  const seen = new Set<string>();
  const problems: PolicyProblem[] = [];
  for (const [index, entry] of parsed.data.paths.entries()) {
    const place = text.placeOf(["paths", index]);
    const path = pathOf(entry);
    const key = pathKey(path);
    if (seen.has(key)) problems.push({ ...place, message: "this path stands here twice" });
    seen.add(key);
    paths.push({
      path,
      candidates: entry.candidates ?? [],
      ...(entry.optional === undefined ? {} : { optional: entry.optional }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
      place,
    });
  }
  return problems.length > 0 ? { problems } : { baseline: { file, paths } };
}

/** A baseline is written by a program and may be longer than what a person writes. */
const BASELINE_FACTOR = 4;

function pathOf({
  from,
  to,
  protocol,
  class: id,
  nat = "none",
  overlay = [],
}: BaselineEntry): WorkloadPath {
  return { from, to, protocol, class: id, nat, overlay: [...overlay].sort() };
}

const HEADER = `# What talks to what, and which way: written by podpath check --baseline --update.
# Review a change of this file like a change of code. \`optional: true\` and \`reason\` of a path are kept.
`;

/** `known` are the entries of the file so far, whose notes stay. A name that ends in .json gets JSON. */
export function writeBaseline(
  paths: readonly PathSummary[],
  known: readonly BaselinePath[],
  file: string,
): string {
  const notes = new Map(known.map((one) => [pathKey(one.path), one]));
  // A path that need not be there is not dropped because it was not there.
  const seen = new Set(paths.map(({ path }) => pathKey(path)));
  const absent = known.filter(
    ({ path, optional }) => optional === true && !seen.has(pathKey(path)),
  );
  const document = {
    schema: "podpath.baseline/1",
    paths: [...paths, ...absent]
      .sort((a, b) => comparePaths(a.path, b.path))
      .map(({ path, candidates }) => entryOf(path, candidates, notes.get(pathKey(path)))),
  };
  if (file.endsWith(".json")) return `${JSON.stringify(document, null, 2)}\n`;
  return HEADER + writeYaml(document);
}

function entryOf(
  { from, to, protocol, class: id, nat, overlay }: WorkloadPath,
  candidates: readonly string[],
  note: BaselinePath | undefined,
): BaselineEntry {
  return {
    from,
    to,
    protocol,
    class: id,
    ...(nat === "none" ? {} : { nat }),
    ...(overlay.length === 0 ? {} : { overlay: [...overlay] }),
    ...(candidates.length === 0 ? {} : { candidates: [...candidates] }),
    ...(note?.optional === undefined ? {} : { optional: note.optional }),
    ...(note?.reason === undefined ? {} : { reason: note.reason }),
  };
}
