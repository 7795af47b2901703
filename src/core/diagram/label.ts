/** Texts of a scene: cut to the room there is, or broken into lines. */
import type { ColourName } from "./palette.ts";
import { cut, type SceneLabel } from "./scene.ts";
import { fitText, type TextStyle, textWidth } from "./text-width.ts";
import { ownText, type SafeText } from "./xml-safe.ts";

export interface LabelLook {
  readonly size: number;
  readonly on: ColourName;
  readonly style?: TextStyle;
  readonly colour?: ColourName;
  readonly anchor?: SceneLabel["anchor"];
  readonly tooltip?: SafeText;
  /** What is lost where there is no room; default the middle. */
  readonly lose?: "middle" | "end";
}

/** Text at x, cut to the room there is; the whole of it is then the tooltip. */
export function label(
  text: SafeText,
  at: { readonly x: number; readonly y: number; readonly room: number },
  look: LabelLook,
): SceneLabel {
  const style = look.style ?? "regular";
  const fits = textWidth(text, look.size, style) <= at.room;
  return {
    x: cut(at.x),
    y: cut(at.y),
    anchor: look.anchor ?? "start",
    text: fits ? text : ownText(fitText(text, at.room, look.size, style, look.lose)),
    size: look.size,
    style,
    colour: look.colour ?? "text",
    on: look.on,
    tooltip: fits ? null : (look.tooltip ?? text),
  };
}

/** Breaks between words; a word longer than the line is cut by its label. */
export function wrap(
  text: SafeText,
  room: number,
  size: number,
  style: TextStyle = "regular",
): SafeText[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, size, style) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines.map(ownText);
}
