/** Colours of the text report. Colour only ever repeats what a word says already. */

export type Paint = (text: string) => string;

export interface TextStyle {
  readonly heading: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
  readonly error: Paint;
  readonly warning: Paint;
  readonly note: Paint;
  readonly good: Paint;
}

/** SGR codes of ECMA-48 8.3.117; only the 8 basic colours, which every terminal theme keeps readable. */
export function textStyle(color: boolean): TextStyle {
  const sgr =
    (on: string, off: string): Paint =>
    (text) =>
      color && text !== "" ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return {
    heading: sgr("1", "22"),
    strong: sgr("1", "22"),
    faint: sgr("2", "22"),
    error: sgr("1;31", "22;39"),
    warning: sgr("33", "39"),
    note: sgr("36", "39"),
    good: sgr("32", "39"),
  };
}

export function levelPaint(style: TextStyle, level: "error" | "warning" | "note"): Paint {
  return style[level];
}
