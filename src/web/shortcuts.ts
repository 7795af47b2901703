/** Single keys of the page. They never act while somebody types, nor together with another key. */

export type ShortcutName = "find" | "next" | "previous" | "open" | "help" | "leave";

export const SHORTCUTS: readonly {
  readonly key: string;
  readonly name: ShortcutName;
  readonly does: string;
}[] = [
  { key: "/", name: "find", does: "to the filter" },
  { key: "j", name: "next", does: "next connection" },
  { key: "k", name: "previous", does: "previous connection" },
  { key: "Enter", name: "open", does: "open or close the connection" },
  { key: "Escape", name: "leave", does: "close the open connection; leave the filter" },
  { key: "?", name: "help", does: "this help" },
];

export interface PressedKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key means; null for most. Links and buttons have their own Enter. */
export function shortcutOf(
  { key, ctrlKey, metaKey, altKey }: PressedKey,
  typing: boolean,
): Exclude<ShortcutName, "open"> | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (typing && key !== "Escape") return null;
  const name = SHORTCUTS.find((one) => one.key === key)?.name;
  return name === undefined || name === "open" ? null : name;
}
