/** The diagrams that are about the whole report. */
import { section } from "./fragments.ts";
import { close, element, join, LINE, type Markup, open, picture, text } from "./markup.ts";
import type { PagePicture } from "./page-picture.ts";

export function picturesSection(pictures: readonly PagePicture[]): Iterable<Markup> {
  return section("diagrams", "Diagrams", body(pictures));
}

function* body(pictures: readonly PagePicture[]): Generator<Markup, void, undefined> {
  for (const { kind, title, shows, svg } of pictures) {
    // A box around the figure: the page's script makes it a panel of tabs, which a figure cannot be.
    yield open("div", { id: `diagram-${kind}`, "data-kind": title });
    yield open("figure");
    yield element("figcaption", {}, element("strong", {}, text(title)), text(` ${shows}`));
    yield frame(title, picture(svg));
    yield close("figure");
    yield close("div");
    yield LINE;
  }
}

/** Wide pictures are scrolled inside their own frame, by keyboard as well; the page itself never is. */
export function frame(title: string, inside: Markup): Markup {
  const attributes = { class: "frame", role: "region", tabindex: 0, "aria-label": title };
  return join([open("div", attributes), inside, close("div")]);
}
