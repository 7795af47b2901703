/**
 * YAML that people write by hand (policies, baselines, podpath.yaml), read strictly: plain data only, and every value knows where
 * it stands. Hostile text is a problem with a place, never an exception: aliases that multiply, duplicate keys, tags, several
 * documents, and brackets nested until the stack ends are refused.
 */
import { isMap, isNode, isPair, isSeq, LineCounter, parseDocument } from "yaml";

/** Where something stands in a text; both count from 1, as editors do. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends TextPlace {
  /** One phrase: what is wrong. */
  readonly message: string;
}

export type YamlPath = readonly (string | number)[];

export interface YamlText {
  /** Maps are objects without surprises: a key `__proto__` is a key like others. */
  readonly value: unknown;
  /** Of the value at the path, or of the last thing on the way to it that is there. */
  placeOf(path: YamlPath): TextPlace;
  /** Of the key itself rather than its value. */
  placeOfKey(path: YamlPath): TextPlace;
}

export type YamlResult =
  | { readonly text: YamlText; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: YamlProblem };

/** How often anchors may be repeated in all; more is a bomb, not a policy. */
const MAX_ALIASES = 100;

/** Brackets and "- - -" inside each other. People write four or five; the parser takes seconds for a hundred thousand. */
const MAX_DEPTH = 200;

export function readYaml(source: string): YamlResult {
  if (isTooDeep(source)) return { problem: { line: 1, column: 1, message: TOO_DEEP } };
  const lines = new LineCounter();
  const placeAt = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = parseDocument(source, {
      version: "1.2",
      schema: "core",
      strict: true,
      uniqueKeys: true,
      merge: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    // A tag that nobody knows is only a warning to the parser; here it would change what a value means.
    const [first] = [...document.errors, ...document.warnings];
    if (first !== undefined)
      return { problem: { ...placeAt(first.pos[0]), message: phrase(first.code, first.message) } };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return {
      text: {
        value,
        placeOf: (path) => placeAt(offsetOf(document.contents, path, false)),
        placeOfKey: (path) => placeAt(offsetOf(document.contents, path, true)),
      },
    };
  } catch (error) {
    return { problem: { line: 1, column: 1, message: refusal(error) } };
  }
}

const TOO_DEEP = "it is nested too deeply";

/** Counts brackets whether they stand in strings or not: so many are no policy either way. */
function isTooDeep(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return /(?:[-?:] ){200}/.test(source);
}

/** The parser's own sentences, shortened to one line; its codes stay the same over versions. */
function phrase(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "the same key stands here twice";
  if (code === "MULTIPLE_DOCS") return "only one document is read";
  if (code === "TAG_RESOLVE_FAILED") return "tags are not read";
  // The parser catches the end of its own stack.
  if (/call stack/i.test(message)) return TOO_DEEP;
  return message.split("\n", 1)[0]?.slice(0, 200) ?? "is no YAML";
}

/** toJS refuses too many aliases and aliases of nothing; deep nesting ends the parser's stack. */
function refusal(error: unknown): string {
  if (error instanceof RangeError) return TOO_DEEP;
  if (error instanceof ReferenceError && /alias count/i.test(error.message))
    return `aliases repeat more than ${MAX_ALIASES} values`;
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "").slice(0, 200) : "";
}

/** Offset in the text; of the deepest node that the path leads to. */
function offsetOf(root: unknown, path: YamlPath, ofKey: boolean): number {
  let offset = startOf(root) ?? 0;
  let node = root;
  for (const [depth, step] of path.entries()) {
    const next = child(node, step);
    if (next === null) break;
    const isLast = depth === path.length - 1;
    offset = startOf(ofKey && isLast ? next.key : next.value) ?? startOf(next.key) ?? offset;
    node = next.value;
  }
  return offset;
}

function child(
  node: unknown,
  step: string | number,
): { readonly key: unknown; readonly value: unknown } | null {
  if (isSeq(node) && typeof step === "number") {
    const value = node.items[step];
    return value === undefined ? null : { key: value, value };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((one) => isPair(one) && keyText(one.key) === String(step));
  return pair === undefined ? null : { key: pair.key, value: pair.value };
}

function keyText(key: unknown): string {
  return isNode(key) && "value" in key ? String(key.value) : String(key);
}

function startOf(node: unknown): number | null {
  return isNode(node) && node.range != null ? node.range[0] : null;
}
