/** A button beside each command and filter that is there to be copied. */
import { button } from "./make.ts";

const SAID_MS = 2_000;

/** To every `[data-copy]` below `root` that has none yet. */
export function addCopyButtons(root: ParentNode): void {
  for (const place of root.querySelectorAll("[data-copy]")) {
    const code = place.querySelector("code");
    if (code === null || place.querySelector("button") !== null) continue;
    const what = (code.textContent ?? "").slice(0, 60);
    const copy = button("Copy", () => void copyText(code, copy), {
      class: "copy",
      "aria-label": `Copy ${what}`,
    });
    // Before the text, so that it stands beside the first line of a long command.
    place.prepend(copy);
  }
}

/** Where a browser gives no clipboard, the text is selected, ready for the keyboard. */
async function copyText(code: Element, copy: HTMLButtonElement): Promise<void> {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(code.textContent ?? "");
  } catch {
    getSelection()?.selectAllChildren(code);
    said = "Selected";
  }
  copy.textContent = said;
  setTimeout(() => {
    copy.textContent = "Copy";
  }, SAID_MS);
}
