/** Strings inside Mermaid diagrams, which have no escape of their own but HTML entities written with # instead of &. */
import { safeText } from "./safe-text.ts";

const LONGEST = 120;

/** For labels in double quotes. Everything but letters, digits, blanks and a few marks becomes an entity. */
export function mermaidText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return safeText(cut).replace(
    /[^\p{L}\p{N} .,/:_…→-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
