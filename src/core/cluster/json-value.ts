/**
 * Tolerant reading of parsed JSON: a missing or mistyped member reads as undefined (or an empty list), never throws, and every
 * value knows its JSON pointer (RFC 6901) so that a verdict can cite it. Only own members count, so that keys such as
 * `__proto__` or `constructor` in hostile input are data like any other.
 */
export class JsonValue {
  readonly raw: unknown;
  readonly #parent: JsonValue | null;
  readonly #key: string | number;

  constructor(raw: unknown, parent: JsonValue | null = null, key: string | number = "") {
    this.raw = raw;
    this.#parent = parent;
    this.#key = key;
  }

  /** "" for the document itself; "/items/3/spec" below it. Built on demand: most values are never cited. */
  get pointer(): string {
    const tokens: string[] = [];
    let at: JsonValue = this;
    while (at.#parent !== null) {
      tokens.push(String(at.#key).replaceAll("~", "~0").replaceAll("/", "~1"));
      at = at.#parent;
    }
    return tokens
      .reverse()
      .map((token) => `/${token}`)
      .join("");
  }

  get isObject(): boolean {
    return typeof this.raw === "object" && this.raw !== null && !Array.isArray(this.raw);
  }

  get isArray(): boolean {
    return Array.isArray(this.raw);
  }

  has(key: string): boolean {
    return this.isObject && Object.hasOwn(this.raw as object, key);
  }

  get(...path: readonly string[]): JsonValue {
    let at: JsonValue = this;
    for (const key of path) {
      const raw = at.has(key) ? (at.raw as Record<string, unknown>)[key] : undefined;
      at = new JsonValue(raw, at, key);
    }
    return at;
  }

  /** The elements of an array; empty for everything else. */
  items(): JsonValue[] {
    return Array.isArray(this.raw)
      ? this.raw.map((item: unknown, i) => new JsonValue(item, this, i))
      : [];
  }

  /** A non-empty string. */
  string(...path: readonly string[]): string | undefined {
    const raw = this.get(...path).raw;
    return typeof raw === "string" && raw !== "" ? raw : undefined;
  }

  /** A finite number; a string of digits counts, as some tools quote theirs. */
  number(...path: readonly string[]): number | undefined {
    const raw = this.get(...path).raw;
    if (typeof raw === "number") return Number.isFinite(raw) ? raw : undefined;
    return typeof raw === "string" && /^\d{1,15}$/.test(raw) ? Number(raw) : undefined;
  }

  boolean(...path: readonly string[]): boolean | undefined {
    const raw = this.get(...path).raw;
    return typeof raw === "boolean" ? raw : undefined;
  }

  /** The members whose values are strings (labels, annotations). */
  stringMap(...path: readonly string[]): Readonly<Record<string, string>> {
    const at = this.get(...path);
    if (!at.isObject) return {};
    const entries = Object.entries(at.raw as object);
    // fromEntries defines own members, so a label called `__proto__` stays a label.
    return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
  }
}
