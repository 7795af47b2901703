/**
 * The child: runs cases of one campaign and says at the end, as one line of JSON, what it found. The parent (run-target.ts)
 * builds this together with the campaign and the code under test, and watches it.
 *
 *     node target.js SEED FIRST_CASE CASES SECONDS JOURNAL SAMPLES
 */
import type { Campaign, CampaignSettings } from "./campaign.ts";
import { clearBudget } from "./counters.ts";
import { JournalWriter } from "./journal.ts";
import { Random } from "./random.ts";
import type { TargetResult } from "./target-result.ts";

export async function runCampaign(open: (settings: CampaignSettings) => Campaign): Promise<void> {
  const [seed = "1", first = "0", cases = "0", seconds = "0", journal = "", samples = ""] =
    process.argv.slice(2);
  const campaign = open({ seed: Number(seed), samples });
  const result = await runCases(campaign, new JournalWriter(journal), {
    seed: Number(seed),
    first: Number(first),
    last: Number(first) + Number(cases),
    endsAt:
      Number(seconds) > 0 ? performance.now() + Number(seconds) * 1000 : Number.POSITIVE_INFINITY,
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

interface Cases {
  readonly seed: number;
  readonly first: number;
  readonly last: number;
  readonly endsAt: number;
}

async function runCases(
  campaign: Campaign,
  journal: JournalWriter,
  { seed, first, last, endsAt }: Cases,
): Promise<TargetResult> {
  const note = (input: Uint8Array): void => journal.note(input);
  let caseNumber = first;
  const done = (): Omit<TargetResult, "finding"> => ({
    cases: caseNumber - first,
    summary: campaign.summary?.() ?? "",
  });
  try {
    for (; caseNumber < last; caseNumber += 1) {
      if (caseNumber % 16 === 0 && performance.now() > endsAt) break;
      journal.begin(caseNumber);
      await campaign.runCase({ random: new Random(seed, caseNumber), caseNumber, note });
    }
    return { ...done(), finding: null };
  } catch (error) {
    clearBudget();
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...done(), finding: { caseNumber, what: text.slice(0, 4000) } };
  } finally {
    journal.close();
  }
}
