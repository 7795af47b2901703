/**
 * The one way into a scene for text that somebody else wrote (pod names, file names, findings' messages). XML 1.0 forbids
 * most control characters, halves of surrogate pairs and U+FFFE/U+FFFF even when escaped; one of them would void the whole
 * picture. Invisible and direction-changing characters are legal but would let a name pose as another one.
 */

import { MAX_TOOLTIP_LENGTH } from "../limits.ts";

declare const safe: unique symbol;
/** Text without any character that XML 1.0 (section 2.2) forbids or that is not visible. Still to be escaped as XML. */
export type SafeText = string & { readonly [safe]: true };

/** Controls, format (bidirectional, zero width), surrogate halves, private use, line separators, unassigned. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Cn}]/gu;

/**
 * Makes every unsafe character visible as `\u{…}`; everything else stays as it is. Whole names belong into tooltips, but
 * not a megabyte of one: what is behind MAX_TOOLTIP_LENGTH becomes an ellipsis.
 */
export function xmlSafe(text: string): SafeText {
  const looked = text.slice(0, MAX_TOOLTIP_LENGTH + 1);
  // Only a cut through a pair leaves half of one that was not there before.
  const whole = looked.length < text.length ? looked.replace(/[\ud800-\udbff]$/, "") : looked;
  const safe = whole.replace(
    UNSAFE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  const cut = looked.length < text.length || safe.length > MAX_TOOLTIP_LENGTH;
  return ownText(cut ? `${shorten(safe)}…` : safe);
}

function shorten(text: string): string {
  return text.slice(0, MAX_TOOLTIP_LENGTH - 1).replace(/[\ud800-\udbff]$/, "");
}

/** Only for text written in podpath's own source or put together from safe pieces and numbers. */
export function ownText(text: string): SafeText {
  return text as SafeText;
}

/** The same bound for texts that were put together from safe ones. */
export function bounded(text: string): SafeText {
  return ownText(text.length > MAX_TOOLTIP_LENGTH ? `${shorten(text)}…` : text);
}

/** Lines of a tooltip or description; each is made safe for itself, empty ones are left out. */
export function safeLines(lines: readonly string[]): SafeText {
  const safe = lines.filter((line) => line !== "").map((line) => xmlSafe(line));
  return bounded(safe.join("\n"));
}
