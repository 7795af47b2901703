/** Strings from captures and snapshots inside XML: one forbidden character would void the whole document for its reader. */
import { safeText } from "./safe-text.ts";

/** A name of a megabyte helps nobody who reads a test result. */
const LONGEST = 4_000;

/** For text and for attributes in double quotes (XML 1.0 sections 2.2, 2.4 and 3.3.3); line breaks stay. */
export function xmlText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut
    .split("\n")
    .map((line) => entities(safeText(line)))
    .join("\n");
}

/** Attribute values lose their line breaks to blanks, so that they are shown escaped. */
export function xmlAttribute(text: string): string {
  return entities(safeText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
}

function entities(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
