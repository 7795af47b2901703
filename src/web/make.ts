/** New elements with text in them; nothing here reads HTML. */

type MadeTag =
  | "button"
  | "dialog"
  | "div"
  | "dl"
  | "dd"
  | "dt"
  | "h2"
  | "input"
  | "kbd"
  | "label"
  | "option"
  | "p"
  | "select"
  | "span"
  | "td"
  | "tr"
  | "code";

type MadeAttribute =
  | "aria-controls"
  | "aria-describedby"
  | "aria-expanded"
  | "aria-label"
  | "aria-labelledby"
  | "aria-live"
  | "aria-selected"
  | "autocomplete"
  | "class"
  | "colspan"
  | "for"
  | "id"
  | "placeholder"
  | "role"
  | "spellcheck"
  | "tabindex"
  | "type"
  | "value";

export function make<T extends MadeTag>(
  tag: T,
  attributes: Readonly<Partial<Record<MadeAttribute, string>>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(
  label: string,
  onPress: () => void,
  attributes: Readonly<Partial<Record<MadeAttribute, string>>> = {},
): HTMLButtonElement {
  const made = make("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onPress);
  return made;
}
