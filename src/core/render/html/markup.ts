/**
 * The one way to HTML. `Markup` is a string that is HTML already; only the functions of this file make one, each with the
 * encoder of its place (text, attribute, inline JSON, own script and style). A plain string is no `Markup`, so that text
 * from a capture or a snapshot cannot reach the page without its encoder: it does not compile.
 */
import { MAX_PAGE_TEXT_LENGTH } from "../../limits.ts";
import { terminalSafeJson } from "../json-stream.ts";
import { safeText } from "../safe-text.ts";

declare const markup: unique symbol;
export type Markup = string & { readonly [markup]: true };

/** No element that runs, loads or sends anything. */
export type Tag =
  | "a"
  | "article"
  | "body"
  | "code"
  | "dd"
  | "details"
  | "div"
  | "dl"
  | "dt"
  | "figure"
  | "figcaption"
  | "footer"
  | "h1"
  | "h2"
  | "h3"
  | "h4"
  | "head"
  | "header"
  | "html"
  | "li"
  | "main"
  | "nav"
  | "ol"
  | "p"
  | "pre"
  | "section"
  | "small"
  | "span"
  | "strong"
  | "summary"
  | "table"
  | "tbody"
  | "td"
  | "th"
  | "thead"
  | "title"
  | "tr"
  | "ul";

/** No attribute that holds code or an address elsewhere: links lead to places of the same page. */
export interface Attributes {
  readonly id?: string;
  readonly class?: string;
  readonly href?: `#${string}`;
  readonly lang?: string;
  readonly role?: string;
  readonly scope?: "col" | "row";
  readonly title?: string;
  readonly tabindex?: number;
  readonly open?: boolean;
  readonly "aria-label"?: string;
  readonly "aria-labelledby"?: string;
  readonly "aria-hidden"?: "true";
  /** A filter of the connection table (src/web): what a click on the element asks for. */
  readonly "data-filter"?: string;
  /** A text that is there to be copied. */
  readonly "data-copy"?: "";
  /** What a column sorts by. */
  readonly "data-sort"?: string;
  readonly "data-kind"?: string;
}

export const NOTHING = "" as Markup;
/** White space between elements, for people who look at the source. */
export const LINE = "\n" as Markup;

/** Text from anywhere. Invisible and direction-changing characters are shown as escapes; a megabyte of it is cut, with a word on that. */
export function text(value: string): Markup {
  return encoded(safeText(bounded(value)));
}

/** Text that is HTML-encoded: in element content and between double quotes alike (HTML 13.3, "escaping a string"). */
function encoded(value: string): Markup {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character) as Markup;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function bounded(value: string): string {
  if (value.length <= MAX_PAGE_TEXT_LENGTH) return value;
  // Only a cut through a pair leaves half of one.
  const kept = value.slice(0, MAX_PAGE_TEXT_LENGTH).replace(/[\ud800-\udbff]$/, "");
  return `${kept}… ${value.length - kept.length} more characters`;
}

export function element(tag: Tag, attributes: Attributes, ...children: readonly Markup[]): Markup {
  return `${open(tag, attributes)}${children.join("")}${close(tag)}` as Markup;
}

/** For elements that are too long for one piece: what is between `open` and `close` follows as pieces of its own. */
export function open(tag: Tag, attributes: Attributes = {}): Markup {
  let start = `<${tag}`;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    start += value === true ? ` ${name}` : ` ${name}="${text(String(value))}"`;
  }
  return `${start}>` as Markup;
}

export function close(tag: Tag): Markup {
  return `</${tag}>` as Markup;
}

export function join(parts: readonly Markup[], separator = NOTHING): Markup {
  return parts.join(separator) as Markup;
}

/** `<meta>`, of the page's own making. */
export function meta(attributes: Readonly<Record<string, string>>): Markup {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}="${encoded(value)}"`);
  return `<meta ${pairs.join(" ")}>` as Markup;
}

/** The first bytes of a page. The empty icon keeps browsers from asking a server for one. */
export const DOCTYPE = "<!doctype html>\n" as Markup;
export const NO_ICON = '<link rel="icon" href="data:,">' as Markup;

/**
 * Data for the page's script: a block that no browser runs. Nothing in it can end the block or open a comment, because no
 * "<" is left; U+2028 and its like are escapes.
 */
export function jsonBlock(id: string, value: unknown): Markup {
  const json = terminalSafeJson(JSON.stringify(value)).replace(
    /[<>&]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `<script type="application/json" id="${text(id)}">${json}</script>\n` as Markup;
}

/** podpath's own script, as it is: its hash stands in the page's policy. Throws when its text would end the element early. */
export function ownScript(code: string): Markup {
  if (/<\/script|<!--/i.test(code)) throw new Error("the page's script would end its own element");
  return `<script>${code}</script>\n` as Markup;
}

/** podpath's own style sheet, likewise. */
export function ownStyle(sheet: string): Markup {
  if (/<\/style|<!--/i.test(sheet)) throw new Error("the page's style sheet would end its element");
  return `<style>${sheet}</style>\n` as Markup;
}

declare const drawn: unique symbol;
/** An <svg> element that draw-scene.ts drew and an XML serialiser wrote: its texts are encoded. */
export type DrawnSvg = string & { readonly [drawn]: true };

export function picture(svg: DrawnSvg): Markup {
  return svg as string as Markup;
}
