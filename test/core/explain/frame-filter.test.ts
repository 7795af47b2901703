import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { frameFilters } from "../../../src/core/explain/frame-filter.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { ROOT, readText } from "../../support/repository.ts";

const REPORT: Report = JSON.parse(readText("samples/tour/expected.report.json"));

describe("the packets that a sentence cites", () => {
  it("are found by their frame numbers, one filter a capture, each frame once, in order", () => {
    const evidence = [
      {
        statement: "",
        packets: [
          { capture: "c2", record: 9 },
          { capture: "c1", record: 8 },
        ],
        snapshot: [],
      },
      {
        statement: "",
        packets: [
          { capture: "c1", record: 3 },
          { capture: "c1", record: 8 },
        ],
        snapshot: [],
      },
      { statement: "", packets: [{ capture: "c99", record: 1 }], snapshot: [] },
    ];
    expect(
      frameFilters(REPORT, evidence, 10).map(({ capture, displayFilter }) => [
        capture,
        displayFilter,
      ]),
    ).toEqual([
      ["c1", "frame.number in {3, 8}"],
      ["c2", "frame.number == 9"],
    ]);
  });

  it("are as many as the limit allows", () => {
    const packets = Array.from({ length: 100 }, (_, i) => ({ capture: "c1", record: i + 1 }));
    const [filter] = frameFilters(REPORT, [{ statement: "", packets, snapshot: [] }], 3);
    expect(filter?.displayFilter).toBe("frame.number in {1, 2, 3}");
  });

  it("are none where nothing is cited", () => {
    expect(frameFilters(REPORT, [], 10)).toEqual([]);
  });

  it.skipIf(spawnSync("tshark", ["--version"]).error !== undefined)(
    "are the packets that tshark shows",
    () => {
      for (const { evidence } of REPORT.findings) {
        for (const { tshark, displayFilter } of frameFilters(REPORT, evidence, 40)) {
          const { stdout, status } = spawnSync(
            "bash",
            ["-c", `${tshark} -T fields -e frame.number`],
            {
              cwd: ROOT,
              encoding: "utf8",
            },
          );
          expect(status).toBe(0);
          const numbers = displayFilter.match(/\d+/g);
          expect(stdout.trim().split("\n")).toEqual(numbers);
        }
      }
    },
  );
});
