/** Bytes of captures, changed where that makes new code run (byte-mutator.ts). The queue begins with the container grammar. */
import constants from "podpath-fuzz:dictionary";
import { checkAnalysis, checkRenderers } from "./analysis-oracle.ts";
import { ByteMutator } from "./byte-mutator.ts";
import { ANALYSING, type Campaign, READING, within } from "./campaign.ts";
import { grammarCapture } from "./container-grammar.ts";
import { checkContainer, checkPrefix } from "./container-oracle.ts";
import { checkFramesOf } from "./record-frames.ts";

const SEEDS = 64;

export function campaign(): Campaign {
  const mutator = new ByteMutator(constants);
  return {
    // What is mutated depends on what was kept before.
    isReplayable: false,
    async runCase({ random, caseNumber, note }) {
      const isSeed = caseNumber < SEEDS || caseNumber % 64 === 0;
      const bytes = isSeed ? grammarCapture(random).bytes : mutator.mutate(random);
      note(bytes);
      mutator.begin();
      const walked = await within(READING, bytes.length, async () => {
        const whole = await checkContainer(bytes, []);
        await checkFramesOf(bytes);
        return whole;
      });
      const isNew = mutator.judge(bytes) || caseNumber < SEEDS;
      if (walked === null || !(isNew || caseNumber % 32 === 0)) return;
      await within(READING, bytes.length, () => checkContainer(bytes, [1, 7]));
      await within(READING, bytes.length, () =>
        checkPrefix(bytes, walked, random.below(bytes.length + 1)),
      );
      await within(ANALYSING, bytes.length, async () => {
        checkRenderers(await checkAnalysis([bytes], [], walked.records));
      });
    },
    summary: () => `${mutator.size} inputs in the queue`,
  };
}
