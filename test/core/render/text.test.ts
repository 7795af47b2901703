// The text report is for a person: its goldens are to be read, not only compared.
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../../src/core/render/safe-text.ts";
import { renderText } from "../../../src/core/render/text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";

const report = buildReport(richAnalysis(), META);
const text = (options: { color?: boolean; width?: number; wide?: boolean }) =>
  [...renderText(report, { color: false, width: 100, wide: false, ...options })].join("");

describe("text report", () => {
  it("reads well at 100 columns", async () => {
    await expect(text({})).toMatchFileSnapshot("golden/rich.txt");
  });

  it("shows everything on long lines when wide", async () => {
    const wide = text({ wide: true, width: Number.POSITIVE_INFINITY });
    await expect(wide).toMatchFileSnapshot("golden/rich-wide.txt");
  });

  it("never passes the width it was given", () => {
    for (const width of [60, 72, 80, 100, 120]) {
      for (const line of text({ width }).split("\n")) {
        expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      }
    }
  });
});
