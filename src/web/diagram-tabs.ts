/** One diagram at a time where there are several: tabs as the WAI-ARIA Authoring Practices describe them, chosen by arrow keys too. */
import { make } from "./make.ts";

export interface DiagramTabs {
  show(kind: string | null): void;
}

/** Null where there is nothing to switch. */
export function diagramTabs(
  panels: readonly HTMLElement[],
  onChoose: (kind: string) => void,
): DiagramTabs | null {
  const [first] = panels;
  if (first === undefined || panels.length < 2) return null;
  const kindOf = (panel: HTMLElement): string => panel.id.replace(/^diagram-/, "");
  const tabs = panels.map((panel) => {
    panel.setAttribute("role", "tabpanel");
    const tab = make(
      "button",
      { type: "button", role: "tab", id: `${panel.id}-tab`, "aria-controls": panel.id },
      panel.dataset["kind"] ?? kindOf(panel),
    );
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => onChoose(kindOf(panel)));
    return tab;
  });
  const list = make("div", { role: "tablist", class: "tabs", "aria-label": "Diagrams" }, ...tabs);
  list.addEventListener("keydown", ({ key }) => {
    const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex((tab) => tab.matches(":focus"));
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next?.focus();
    next?.click();
  });
  first.before(list);
  return {
    show(kind) {
      const chosen = panels.find((panel) => kindOf(panel) === kind) ?? first;
      for (const [i, panel] of panels.entries()) {
        panel.hidden = panel !== chosen;
        tabs[i]?.setAttribute("aria-selected", String(panel === chosen));
        tabs[i]?.setAttribute("tabindex", panel === chosen ? "0" : "-1");
      }
    },
  };
}
