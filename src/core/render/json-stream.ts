/** JSON in pieces: lists item by item, so that neither a list nor its text is ever whole in memory. */

/** How JSON is laid out; both write what JSON.stringify would, neutral on a terminal. */
export interface JsonStyle {
  /** A whole value that stands `depth` levels deep. */
  text(value: unknown, depth: number): string;
  /** What stands before an item or a closing bracket `depth` levels deep. */
  line(depth: number): string;
  readonly colon: string;
}

/** As `JSON.stringify(value, null, 2)`. */
export const INDENTED: JsonStyle = {
  text: (value, depth) => {
    let nested = value;
    let before = 0;
    let after = 0;
    // Inside as many lists it gets its margin from JSON.stringify itself; what those lists add at both ends is cut off.
    for (let level = 0; level < depth; level++) {
      nested = [nested];
      before += "[\n".length + 2 * (level + 1);
      after += "\n]".length + 2 * level;
    }
    const json = JSON.stringify(nested, null, 2);
    return terminalSafeJson(json.slice(before, json.length - after));
  },
  line: (depth) => `\n${"  ".repeat(depth)}`,
  colon: ": ",
};

/** As `JSON.stringify(value)`: no line feed. */
export const COMPACT: JsonStyle = {
  text: (value) => terminalSafeJson(JSON.stringify(value)),
  line: () => "",
  colon: ":",
};

type JsonPieces = Generator<string, void, undefined>;

/** `[…]`, each item as `each` writes it; as one text when it is left out. */
export function* jsonList<T>(
  items: Iterable<T>,
  depth: number,
  style: JsonStyle,
  each?: (item: T, depth: number, style: JsonStyle) => JsonPieces,
): JsonPieces {
  const line = style.line(depth + 1);
  let separator = `[${line}`;
  for (const item of items) {
    if (each === undefined) yield separator + style.text(item, depth + 1);
    else {
      yield separator;
      yield* each(item, depth + 1, style);
    }
    separator = `,${line}`;
  }
  yield separator.startsWith("[") ? "[]" : `${style.line(depth)}]`;
}

/** `{…}`, the lists among its members item by item. */
export function* jsonObject(object: object, depth: number, style: JsonStyle): JsonPieces {
  const line = style.line(depth + 1);
  let separator = `{${line}`;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${separator}${terminalSafeJson(JSON.stringify(key))}${style.colon}`;
    separator = `,${line}`;
    if (isIterable(value)) yield* jsonList(value, depth + 1, style);
    else yield style.text(value, depth + 1);
  }
  yield separator.startsWith("{") ? "{}" : `${style.line(depth)}}`;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/**
 * JSON.stringify escapes C0 and lone surrogates; this escapes what else may steer a terminal or hide text. All of it can
 * stand only inside strings, where \u means the same character.
 */
export function terminalSafeJson(json: string): string {
  if (!UNUSUAL.test(json)) return json;
  return json.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** Most JSON has nothing but ASCII, Latin letters and arrows, and looking for more is many times faster than looking for what is unsafe. */
const UNUSUAL = /[^\n -~\u00a1-\u00ac\u00ae-\u02ff\u2190-\u21ff]/;
/** DEL and C1; format characters (bidirectional controls among them); line and paragraph separators. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
