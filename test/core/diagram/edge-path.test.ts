import { describe, expect, it } from "vitest";
import { arrowPath, corners, linePath } from "../../../src/core/diagram/edge-path.ts";

describe("a line", () => {
  it("has its corners rounded by at most half of the shorter side", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 20, y: 0 },
      { x: 20, y: 8 },
      { x: 40, y: 8 },
    ];
    expect(linePath(points, 0, 0)).toBe("M0 0L16 0Q20 0 20 4L20 4Q20 8 24 8L40 8");
  });

  it("ends before its arrow head", () => {
    expect(
      linePath(
        [
          { x: 0, y: 0 },
          { x: 30, y: 0 },
        ],
        0,
        8,
      ),
    ).toBe("M0 0L22 0");
    expect(
      linePath(
        [
          { x: 0, y: 0 },
          { x: 30, y: 0 },
        ],
        8,
        0,
      ),
    ).toBe("M8 0L30 0");
  });

  it("has no corner where it goes straight on or not at all", () => {
    const straight = [
      { x: 0, y: 0 },
      { x: 5, y: 0 },
      { x: 5, y: 0 },
      { x: 9, y: 0 },
    ];
    expect(corners(straight)).toEqual([
      { x: 0, y: 0 },
      { x: 9, y: 0 },
    ]);
    expect(linePath([{ x: 1, y: 1 }], 0, 0)).toBe("");
  });

  it("has arrow heads whose tip touches the box", () => {
    expect(arrowPath({ x: 10, y: 5 }, { x: 0, y: 5 })).toBe("M10 5L2 9L2 1Z");
    expect(arrowPath({ x: 10, y: 5 }, { x: 30, y: 5 })).toBe("M10 5L18 1L18 9Z");
  });
});
