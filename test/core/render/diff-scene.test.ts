/** Goal: the picture of a comparison is readable whatever was compared. Method: the faults that every picture is searched for. */
import { describe, expect, it } from "vitest";
import { MAX_DRAWN_CHANGES } from "../../../src/core/limits.ts";
import { diffReports } from "../../../src/core/policy/diff-reports.ts";
import { layOutDiff } from "../../../src/core/render/diff-scene.ts";
import { renderSceneSvg } from "../../../src/node/render-svg.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { pictureFaults } from "../../support/picture-faults.ts";
import { API, webToApi, wholeReport } from "../../support/policy.ts";

const BASE = wholeReport({
  connections: [webToApi("conn-1"), webToApi("conn-2", "pod-to-pod-nat")],
});

describe("layOutDiff", () => {
  it.each([
    ["nothing", BASE],
    ["another way", wholeReport({ connections: [webToApi("conn-1", "clb")] })],
    [
      "other ends",
      wholeReport({ connections: [webToApi("conn-1", "pod-to-pod-direct", { protocol: "udp" })] }),
    ],
    [
      "more than is drawn",
      wholeReport({
        connections: Array.from({ length: MAX_DRAWN_CHANGES + 20 }, (_, i) =>
          webToApi(`conn-${i + 1}`, "clb", { resp: { ...API, workload: `Deployment/w${i}` } }),
        ),
      }),
    ],
  ])("has no fault: %s", (_what, next) => {
    expect(pictureFaults(layOutDiff(diffReports(BASE, next)))).toEqual([]);
  });

  it("says how many changes it leaves out", () => {
    const many = wholeReport({
      connections: Array.from({ length: MAX_DRAWN_CHANGES + 20 }, (_, i) =>
        webToApi(`conn-${i + 1}`, "clb", { resp: { ...API, workload: `Deployment/w${i}` } }),
      ),
    });
    const texts = layOutDiff(diffReports(BASE, many)).labels.map(({ text }) => text);
    expect(texts).toContain("21 more changes are not drawn: see the text.");
  });

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "has no fault with %s",
    (_shown, text) => {
      const scene = layOutDiff(diffReports(BASE, hostileReport(BASE, text)));
      expect(pictureFaults(scene)).toEqual([]);
    },
  );

  it("is drawn as the same bytes for the same comparison", async () => {
    const diff = diffReports(BASE, wholeReport({ connections: [webToApi("conn-1", "clb")] }));
    const svg = await renderSceneSvg(layOutDiff(diff));
    expect(await renderSceneSvg(layOutDiff(diff))).toBe(svg);
    expect(svg).toContain("− tcp pod-to-pod-direct (1)");
    expect(svg).toContain("+ tcp clb (1)");
  });
});
