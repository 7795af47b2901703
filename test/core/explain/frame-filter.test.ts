import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { frameFilters } from "../../../src/core/explain/frame-filter.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { pcapFile } from "../../support/capture.ts";
import { ethernet } from "../../support/packet.ts";
import { ROOT, readText } from "../../support/repository.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

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

  it("are looked for in all files of a rotated capture, numbered on over them", () => {
    const [first] = REPORT.captures;
    const parts = [1, 2].map((n) => ({ file: `t.pcap${n}`, firstRecord: 10 * n - 9, records: 10 }));
    const report = { ...REPORT, captures: [{ ...first!, parts }] };
    const packets = [{ capture: "c1", record: 12 }];
    const [filter] = frameFilters(report, [{ statement: "", packets, snapshot: [] }], 9);
    expect(filter?.tshark).toBe(
      "mergecap -a -F pcap -w - t.pcap1 t.pcap2 | tshark -n -r - -Y 'frame.number == 12'",
    );
  });

  it.skipIf(spawnSync("mergecap", ["-v"]).error !== undefined)(
    "of the second file of a rotated capture are what the command shows",
    () => {
      const frames = [1, 2, 3].map((n) =>
        ethernet().ipv4({ src: "10.0.0.1", dst: "10.0.0.2" }).udp({ srcPort: n, dstPort: 53 }),
      );
      const folder = temporaryDirectory({
        "t.pcap1": pcapFile(frames.slice(0, 2)),
        "t.pcap2": pcapFile(frames.slice(2)),
      });
      const [first] = REPORT.captures;
      const parts = [1, 2].map((n) => ({
        file: `${folder}/t.pcap${n}`,
        firstRecord: 2 * n - 1,
        records: 3 - n,
      }));
      const report = { ...REPORT, captures: [{ ...first!, parts }] };
      const packets = [{ capture: "c1", record: 3 }];
      const [filter] = frameFilters(report, [{ statement: "", packets, snapshot: [] }], 9);
      const command = `${filter?.tshark} -T fields -e udp.srcport`;
      const { stdout } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
      expect(stdout.trim()).toBe("3");
    },
  );

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
