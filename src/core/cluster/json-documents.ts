/**
 * A file of JSON as users have it: one document, several one after another (`kubectl … >> file`), one per line, with the
 * command's prompt above it. A broken document costs only itself.
 */
import { findJsonSyntaxError } from "./json-syntax.ts";
import { JsonValue } from "./json-value.ts";

export interface JsonDocument {
  readonly root: JsonValue;
  /** Line on which the document starts. */
  readonly line: number;
  /** True when its file holds more than one document, so that a JSON pointer alone does not name a place. */
  readonly oneOfSeveral: boolean;
}

export interface JsonError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface JsonDocuments {
  readonly documents: readonly JsonDocument[];
  readonly errors: readonly JsonError[];
}

/** True when a line can be the beginning of a JSON document: `[` alone may also begin a prompt or a conntrack event. */
export function startsJson(line: string): boolean {
  return /^\s*(?:\{|\[\s*(?:[{["\]]|$))/.test(line);
}

export function parseJsonDocuments(text: string): JsonDocuments {
  try {
    const root = new JsonValue(JSON.parse(text) as unknown);
    return { documents: [{ root, line: 1, oneOfSeveral: false }], errors: [] };
  } catch {
    // Several documents, a prompt above the document, or a broken one: take the text apart.
    return parseOneByOne(text);
  }
}

function parseOneByOne(text: string): JsonDocuments {
  const found: { root: JsonValue; line: number }[] = [];
  const errors: JsonError[] = [];
  const lines = new LineCounter(text);
  let at = 0;
  for (;;) {
    const start = nextDocumentStart(text, at);
    if (start < 0) break;
    const end = documentEnd(text, start);
    const source = text.slice(start, end);
    try {
      const root = new JsonValue(JSON.parse(source) as unknown);
      found.push({ root, line: lines.at(start).line });
    } catch (error) {
      const syntax = findJsonSyntaxError(source);
      const place = lines.at(start + (syntax?.offset ?? 0));
      errors.push({ ...place, message: syntax?.message ?? String(error) });
    }
    at = end;
  }
  const oneOfSeveral = found.length + errors.length > 1;
  return { documents: found.map((document) => ({ ...document, oneOfSeveral })), errors };
}

/** Start of the next line (or of the rest of this one) that begins a document; -1 when there is none. */
function nextDocumentStart(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    const line = text.slice(at, lineEnd);
    if (startsJson(line)) return at + line.search(/\S/);
    at = lineEnd + 1;
  }
  return -1;
}

/** Offset behind the bracket that closes the one at `start`; the end of the text when nothing closes it. */
function documentEnd(text: string, start: number): number {
  const token = /["{}[\]]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') {
      token.lastIndex = stringEnd(text, token.lastIndex);
    } else if (match[0] === "{" || match[0] === "[") {
      depth += 1;
    } else {
      depth -= 1;
      if (depth === 0) return token.lastIndex;
    }
  }
  return text.length;
}

/** Offset behind the quote that closes a string whose content starts at `start`. */
function stringEnd(text: string, start: number): number {
  const special = /["\\]/g;
  special.lastIndex = start;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    if (match[0] === '"') return special.lastIndex;
    special.lastIndex += 1;
  }
  return text.length;
}

/** Line and column of rising offsets, counted once over the text. */
class LineCounter {
  readonly #text: string;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): { line: number; column: number } {
    for (;;) {
      const newline = this.#text.indexOf("\n", this.#lineStart);
      if (newline < 0 || newline >= offset) break;
      this.#line += 1;
      this.#lineStart = newline + 1;
    }
    return { line: this.#line, column: offset - this.#lineStart + 1 };
  }
}
