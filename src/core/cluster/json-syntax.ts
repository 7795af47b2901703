/** Where and why a JSON text (RFC 8259) is broken: JSON.parse says it differently, or not at all, from engine to engine. */

export interface JsonSyntaxError {
  /** UTF-16 offset into the text; its length when the text ends too early. */
  readonly offset: number;
  readonly message: string;
}

/** What the grammar allows next. */
type Expect = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "end";

const ESCAPED = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = /[ \t\r\n]*/y;

/** Iterative, so that no depth of nesting can exhaust the stack. Returns null when `text` is one correct JSON document. */
export function findJsonSyntaxError(text: string): JsonSyntaxError | null {
  const scan = new JsonScan(text);
  while (scan.step()) {
    // Each step consumes one token.
  }
  return scan.error;
}

class JsonScan {
  error: JsonSyntaxError | null = null;
  readonly #text: string;
  #at = 0;
  #expect: Expect = "value";
  /** Open containers: true for objects. */
  readonly #open: boolean[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** Consumes one token; false at the end or at an error. */
  step(): boolean {
    this.#take(SPACE);
    const char = this.#text[this.#at];
    if (char === undefined) {
      if (this.#expect !== "end") this.#fail("the text ends in the middle of a value");
      return false;
    }
    switch (this.#expect) {
      case "end":
        return this.#fail("more text follows the value");
      case "colon":
        return this.#punctuation(char, ":", "value");
      case "comma-or-end":
        return this.#commaOrEnd(char);
      case "key":
      case "key-or-end":
        if (char === "}" && this.#expect === "key-or-end") return this.#close();
        return this.#string("a member name in double quotes", "colon");
      default:
        if (char === "]" && this.#expect === "value-or-end") return this.#close();
        return this.#value(char);
    }
  }

  #value(char: string): boolean {
    if (char === "{" || char === "[") {
      this.#open.push(char === "{");
      this.#at += 1;
      this.#expect = char === "{" ? "key-or-end" : "value-or-end";
      return true;
    }
    if (char === '"') return this.#string("a string", this.#afterValue());
    if (!this.#take(SCALAR)) return this.#fail("a value expected");
    this.#expect = this.#afterValue();
    return true;
  }

  /** A loop and not one pattern: a pattern would keep a way back for every character of a huge string. */
  #string(wanted: string, next: Expect): boolean {
    if (this.#text[this.#at] !== '"') return this.#fail(`${wanted} expected`);
    this.#at += 1;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(code)) return this.#fail("the text ends in the middle of a string");
      if (code < 0x20) return this.#fail("a line end or control character stands in a string");
      if (code === BACKSLASH) {
        if (!this.#take(ESCAPED)) return this.#fail("a backslash escape that JSON does not know");
      } else {
        this.#at += 1;
        if (code === QUOTE) break;
      }
    }
    this.#expect = next;
    return true;
  }

  #commaOrEnd(char: string): boolean {
    const inObject = this.#open.at(-1) === true;
    if (char === (inObject ? "}" : "]")) return this.#close();
    return this.#punctuation(char, ",", inObject ? "key" : "value");
  }

  #punctuation(char: string, wanted: string, next: Expect): boolean {
    if (char !== wanted) return this.#fail(`"${wanted}" expected`);
    this.#at += 1;
    this.#expect = next;
    return true;
  }

  #close(): boolean {
    this.#open.pop();
    this.#at += 1;
    this.#expect = this.#afterValue();
    return true;
  }

  #afterValue(): Expect {
    return this.#open.length === 0 ? "end" : "comma-or-end";
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #fail(message: string): false {
    this.error = { offset: this.#at, message };
    return false;
  }
}
