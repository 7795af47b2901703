/** Twice as much of a hostile shape may cost twice as much, counted in steps and not in time. A case is a shape. */
import { analyze } from "../../src/core/analyze.ts";
import { renderText } from "../../src/core/render/text.ts";
import { buildReport } from "../../src/core/report/build-report.ts";
import type { Campaign } from "./campaign.ts";
import { bytesSource } from "./container-oracle.ts";
import { setBudget, stepsSince } from "./counters.ts";
import { expectThat } from "./finding.ts";
import { SHAPES } from "./hostile-shapes.ts";

const PACKETS = 300;
/** Tables grow by doubling and lists are sorted, so that twice the work is a little more than twice the steps. */
const MOST_GROWTH = 2.4;
const NO_END = 1e15;

export function campaign(): Campaign {
  let worst = { name: "", growth: 0 };
  return {
    isReplayable: true,
    async runCase({ caseNumber, note }) {
      const shape = SHAPES[caseNumber % SHAPES.length];
      if (shape === undefined) return;
      note(shape.capture(2 * PACKETS));
      // What does not depend on the packets is taken off.
      const none = await stepsFor(shape.capture(1));
      const once = (await stepsFor(shape.capture(PACKETS))) - none;
      const twice = (await stepsFor(shape.capture(2 * PACKETS))) - none;
      const growth = twice / once;
      if (growth > worst.growth) worst = { name: shape.name, growth };
      expectThat(
        growth <= MOST_GROWTH,
        () => `${shape.name}: ${PACKETS} packets take ${once} steps, twice as many ${twice}`,
      );
    },
    summary: () => `worst growth ${worst.growth.toFixed(2)} (${worst.name})`,
  };
}

async function stepsFor(bytes: Uint8Array): Promise<number> {
  setBudget(NO_END, NO_END);
  const job = { file: "shape.pcap", label: null, source: bytesSource(bytes, 1 << 20) };
  const report = buildReport(await analyze([job], []), {
    tool: { name: "podpath", version: "0" },
    inputs: [],
  });
  for (const _ of report.connections);
  for (const _ of renderText(report, { color: false, width: 100, wide: false }));
  return stepsSince(NO_END);
}
