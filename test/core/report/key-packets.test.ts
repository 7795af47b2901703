import { describe, expect, it } from "vitest";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";

const plain = buildReport(richAnalysis(), META);
const asked = buildReport(richAnalysis(), { ...META, keyPackets: true });

describe("key packets", () => {
  it("are in reports that were asked for them, and change nothing else", () => {
    expect(JSON.stringify(plain)).not.toContain("keyPackets");
    const without = JSON.parse(
      JSON.stringify(asked, (key, value: unknown) => (key === "keyPackets" ? undefined : value)),
    );
    expect(without).toEqual(JSON.parse(JSON.stringify(plain)));
  });

  it("begin and end with what the observation says, in the order of records, each record once", () => {
    const all = [...asked.connections].flatMap(({ observations }) => observations);
    for (const { keyPackets = [], firstRecord } of all) {
      const numbers = keyPackets.map(({ record }) => record);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      if (numbers.length > 0) expect(numbers[0]).toBe(firstRecord);
    }
    expect(all.flatMap(({ keyPackets = [] }) => keyPackets).length).toBeGreaterThan(10);
  });

  it("are at most six of each direction that was seen, with one first and one last", () => {
    for (const { keyPackets = [], records } of [...asked.connections].flatMap(
      ({ observations }) => observations,
    )) {
      for (const side of ["orig", "resp"] as const) {
        const own = keyPackets.filter((packet) => packet.side === side);
        const count = (sign: "first" | "last") => own.filter(({ is }) => is.includes(sign)).length;
        const expected = records[side] > 0 ? 1 : 0;
        expect([count("first"), count("last")]).toEqual([expected, expected]);
        expect(own.length).toBeLessThanOrEqual(6);
        expect(new Set(own.map(({ record }) => record)).size).toBe(own.length);
      }
    }
  });

  it("have a time when they are the first or the last of their direction", () => {
    const all = [...asked.connections].flatMap(({ observations }) =>
      observations.flatMap(({ keyPackets = [] }) => keyPackets),
    );
    for (const { is, time } of all) {
      expect(time !== undefined).toBe(is.includes("first") || is.includes("last"));
    }
  });
});
