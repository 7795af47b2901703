/** Capture files of the container grammar through reading and, some of them, the whole analysis. */
import { crossCheck } from "../../src/node/cross-check.ts";
import { checkAnalysis, checkDeterminism, checkRenderers } from "./analysis-oracle.ts";
import { ANALYSING, type Campaign, READING, within } from "./campaign.ts";
import { type GrammarCapture, grammarCapture } from "./container-grammar.ts";
import {
  bytesSource,
  checkContainer,
  checkPrefix,
  checkRecords,
  type Walked,
} from "./container-oracle.ts";
import { expectThat } from "./finding.ts";
import { checkFlows } from "./flow-oracle.ts";
import type { Random } from "./random.ts";

export function campaign(): Campaign {
  return {
    isReplayable: true,
    async runCase({ random, caseNumber, note }) {
      const capture = grammarCapture(random);
      const { bytes, truth } = capture;
      note(bytes);
      const walked = await within(READING, bytes.length, async () => {
        const whole = await checkContainer(bytes, [random.between(1, 9)]);
        if (truth !== null) checkRecords(whole, truth);
        await checkPrefix(bytes, whole, random.below(bytes.length + 1));
        return whole;
      });
      if (walked === null || caseNumber % 4 !== 0) return;
      await within(ANALYSING, bytes.length, () => analyse(capture, walked, caseNumber, random));
    },
  };
}

async function analyse(
  { bytes, truth }: GrammarCapture,
  walked: Walked,
  caseNumber: number,
  random: Random,
): Promise<void> {
  const report = await checkAnalysis([bytes], [], walked.records);
  if (truth !== null) checkFlows(report, truth);
  if (caseNumber % 16 === 0) checkRenderers(report);
  if (caseNumber % 32 === 8) await checkDeterminism([bytes], [], random.between(1, 64));
  if (caseNumber % 32 === 12) {
    const { verdict, reason } = await crossCheck("capture", () => bytesSource(bytes, bytes.length));
    expectThat(verdict !== "differs", () => `pcap-parser reads something else: ${reason}`);
  }
}
