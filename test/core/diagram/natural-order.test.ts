import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNatural } from "../../../src/core/diagram/natural-order.ts";

describe("the natural order", () => {
  it("counts digits as numbers", () => {
    const names = ["10.0.0.10", "10.0.0.9", "10.0.10.1", "10.0.2.1"];
    expect(names.sort(compareNatural)).toEqual(["10.0.0.9", "10.0.0.10", "10.0.2.1", "10.0.10.1"]);
  });

  it("is not misled by more digits than a number can hold", () => {
    expect(compareNatural(`a${"9".repeat(40)}`, `a1${"0".repeat(40)}`)).toBeLessThan(0);
  });

  const name = fc.stringMatching(/^[ab01.]{0,6}$/);
  it("is total: only equal texts compare equal, and order does not depend on the sides", () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it("is transitive", () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        const [x = "", y = "", z = ""] = [a, b, c].sort(compareNatural);
        expect(compareNatural(x, y)).toBeLessThanOrEqual(0);
        expect(compareNatural(y, z)).toBeLessThanOrEqual(0);
        expect(compareNatural(x, z)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
