import { describe, expect, it } from "vitest";
import {
  COLOURS,
  type Colour,
  type ColourName,
  classStyle,
  styleSheet,
} from "../../../src/core/diagram/palette.ts";
import { PATH_CLASS_ORDER } from "../../../src/core/report/path-class-title.ts";
import { contrast } from "../../support/scene-geometry.ts";

const SURFACES: readonly ColourName[] = [
  "canvas",
  "vpc",
  "zone",
  "node",
  "eni",
  "place",
  "outside",
  "infrastructure",
];
/** What a line may run over, between the boxes. */
const GROUNDS: readonly ColourName[] = ["canvas", "vpc", "zone", "node", "eni"];
const LINES = [...new Set(PATH_CLASS_ORDER.map((id) => classStyle(id).colour))];
const SIDES: readonly (keyof Colour)[] = ["light", "dark"];

function ratio(a: ColourName, b: ColourName, side: keyof Colour): number {
  return contrast(COLOURS[a][side], COLOURS[b][side]);
}

/** Mixes a colour into what lies under it. */
function blended(colour: string, ground: string, opacity: number): string {
  const channel = (text: string, i: number) => Number.parseInt(text.slice(i, i + 2), 16);
  const mixed = [1, 3, 5].map((i) => {
    const value = channel(colour, i) * opacity + channel(ground, i) * (1 - opacity);
    return Math.round(value).toString(16).padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

describe.each(SIDES)("the %s colours", (side) => {
  it("have a contrast of 4.5:1 between texts and everything they stand on", () => {
    const weak = (["text", "muted"] as const).flatMap((text) =>
      SURFACES.filter((surface) => ratio(text, surface, side) < 4.5).map((s) => `${text} on ${s}`),
    );
    expect(weak).toEqual([]);
  });

  it("have that contrast for the letters of the classes too", () => {
    const weak = LINES.flatMap((line) =>
      GROUNDS.filter((ground) => ratio(line, ground, side) < 4.5).map((g) => `${line} on ${g}`),
    );
    expect(weak).toEqual([]);
  });

  it("have that contrast for the numbers in badges", () => {
    expect(ratio("badgeText", "badge", side)).toBeGreaterThanOrEqual(4.5);
    expect(ratio("warningText", "warning", side)).toBeGreaterThanOrEqual(4.5);
  });

  it("leave lines visible where they step back behind a finding: 2:1, and 3:1 at full strength", () => {
    for (const line of LINES) {
      for (const ground of GROUNDS) {
        const under = COLOURS[ground][side];
        expect(contrast(COLOURS[line][side], under)).toBeGreaterThanOrEqual(3);
        expect(contrast(blended(COLOURS[line][side], under, 0.65), under)).toBeGreaterThanOrEqual(
          2,
        );
      }
    }
  });
});

describe("path classes", () => {
  it("each have a letter of their own", () => {
    const letters = PATH_CLASS_ORDER.map((id) => classStyle(id).letter);
    expect(new Set(letters).size).toBe(PATH_CLASS_ORDER.length);
    expect(letters).not.toContain("?");
  });

  it("of one colour each have a dash of their own", () => {
    const looks = PATH_CLASS_ORDER.map((id) => {
      const { colour, dash } = classStyle(id);
      return `${colour} ${dash.join(",")}`;
    });
    expect(new Set(looks).size).toBe(PATH_CLASS_ORDER.length);
  });

  it("that this version does not know are drawn too", () => {
    expect(classStyle("of-the-future").letter).toBe("?");
    expect(classStyle("constructor").letter).toBe("?");
  });
});

describe("the style sheet", () => {
  it("asks for nothing from elsewhere", () => {
    expect(styleSheet("auto")).not.toMatch(/url\(|@import|@font-face|https?:/);
  });

  it("follows the viewer's mode only when asked to", () => {
    expect(styleSheet("auto")).toContain("prefers-color-scheme:dark");
    expect(styleSheet("light")).not.toContain("prefers-color-scheme");
    expect(styleSheet("dark")).toContain(`--podpath-canvas:${COLOURS.canvas.dark}`);
  });

  it("prints dark on white with full strength, in any theme", () => {
    for (const theme of ["auto", "light", "dark"] as const) {
      const print = styleSheet(theme).split("@media print")[1] ?? "";
      expect(print).toContain(`--podpath-canvas:${COLOURS.canvas.light}`);
      expect(print).toContain(".net{opacity:1}");
    }
  });
});
