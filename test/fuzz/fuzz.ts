/**
 * The command line of the harness. Bundled by `npm run fuzz` and `npm run fuzz:soak`:
 *
 *     npm run fuzz -- [--campaign NAME] [--seed S] [--case N] [--cases COUNT | --seconds T]
 *     npm run fuzz -- --planted-bugs
 *     npm run fuzz:soak -- --hours H [--jobs 2] [--seed S]
 *
 * Everything is written to fuzz-out/: what gave a finding away is there as a file, named after seed and case.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildTarget } from "./build-target.ts";
import { CAMPAIGNS, type CampaignName } from "./campaign.ts";
import { huntAll, huntTable } from "./hunt.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";
import { runTarget, type WatchedResult } from "./run-target.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const OUT = `${ROOT}fuzz-out`;
const SAMPLES = `${ROOT}samples`;
const NO_END = 2 ** 32;

const { values } = parseArgs({
  options: {
    campaign: { type: "string" },
    seed: { type: "string", default: "1" },
    case: { type: "string" },
    cases: { type: "string" },
    seconds: { type: "string" },
    hours: { type: "string" },
    jobs: { type: "string", default: "2" },
    "planted-bugs": { type: "boolean", default: false },
  },
});

interface Job {
  readonly campaign: CampaignName;
  readonly seed: number;
  readonly firstCase: number;
  readonly cases: number;
  readonly seconds: number;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} ${text} is no number`);
  return value;
}

function chosenCampaigns(): readonly CampaignName[] {
  const { campaign } = values;
  if (campaign === undefined) return CAMPAIGNS;
  const known = CAMPAIGNS.find((name) => name === campaign);
  if (known === undefined)
    throw new Error(`no campaign ${campaign}; there are ${CAMPAIGNS.join(", ")}`);
  return [known];
}

function targetOf(campaign: CampaignName): string {
  return `${OUT}/${campaign}.js`;
}

async function run(job: Job): Promise<WatchedResult> {
  const name = `${job.campaign}-${job.seed}-${job.firstCase}`;
  const started = performance.now();
  const { campaign, ...rest } = job;
  const result = await runTarget({
    ...rest,
    target: targetOf(campaign),
    journal: `${OUT}/${name}.journal`,
    samples: SAMPLES,
  });
  const seconds = (performance.now() - started) / 1000;
  const rate = Math.round(result.cases / seconds);
  say(
    `${campaign}: ${result.cases} cases of seed ${job.seed} in ${seconds.toFixed(1)} s, ${rate} a second${result.summary === "" ? "" : `, ${result.summary}`}`,
  );
  if (result.finding !== null) tellFinding(job, result);
  return result;
}

function tellFinding({ campaign, seed }: Job, { finding, input }: WatchedResult): void {
  if (finding === null) return;
  const file = `${OUT}/finding-${campaign}-${seed}-${finding.caseNumber}.bin`;
  if (input.length > 0) writeFileSync(file, input);
  say(`FOUND at case ${finding.caseNumber}: ${finding.what}`);
  say(
    `  again: npm run fuzz -- --campaign ${campaign} --seed ${seed} --case ${finding.caseNumber}`,
  );
  if (input.length > 0) say(`  input: ${file}`);
}

/** The input of a mutation depends on the cases before it, so those are run as well. */
function jobFor(campaign: CampaignName, seed: number, seconds: number): Job {
  const isReplayed = values.case !== undefined;
  const one = wholeNumber(values.case ?? "0", "case");
  const cases = values.cases === undefined ? NO_END : wholeNumber(values.cases, "cases");
  if (!isReplayed)
    return {
      campaign,
      seed,
      firstCase: 0,
      cases,
      seconds: values.cases === undefined ? seconds : 0,
    };
  if (campaign === "mutation") return { campaign, seed, firstCase: 0, cases: one + 1, seconds: 0 };
  return { campaign, seed, firstCase: one, cases: 1, seconds: 0 };
}

async function fuzzOnce(): Promise<boolean> {
  const seconds = wholeNumber(values.seconds ?? "20", "seconds");
  let isClean = true;
  for (const campaign of chosenCampaigns()) {
    await buildTarget(campaign, targetOf(campaign));
    const { finding } = await run(jobFor(campaign, wholeNumber(values.seed, "seed"), seconds));
    isClean &&= finding === null;
  }
  return isClean;
}

/** Ten minutes of one campaign with one seed after another, until the hours are over; a finding ends only its own turn. */
async function soak(hours: number): Promise<boolean> {
  const endsAt = performance.now() + hours * 3_600_000;
  const campaigns = chosenCampaigns();
  for (const campaign of campaigns) await buildTarget(campaign, targetOf(campaign));
  let turn = 0;
  let findings = 0;
  const worker = async (): Promise<void> => {
    for (let left = endsAt - performance.now(); left > 0; left = endsAt - performance.now()) {
      const mine = turn++;
      const campaign = campaigns[mine % campaigns.length] ?? "frame";
      const seed = wholeNumber(values.seed, "seed") + Math.floor(mine / campaigns.length);
      const seconds = Math.min(600, Math.ceil(left / 1000));
      const { finding } = await run({ campaign, seed, firstCase: 0, cases: NO_END, seconds });
      if (finding !== null) findings += 1;
    }
  };
  await Promise.all(Array.from({ length: wholeNumber(values.jobs, "jobs") }, worker));
  say(`${turn} turns, ${findings} findings`);
  return findings === 0;
}

async function huntPlantedBugs(): Promise<boolean> {
  const found = await huntAll(PLANTED_BUGS, {
    folder: `${OUT}/bugs`,
    samples: SAMPLES,
    seed: wholeNumber(values.seed, "seed"),
  });
  say(huntTable(found));
  return found.every(({ runs }) => runs !== null);
}

mkdirSync(OUT, { recursive: true });
let isClean: boolean;
if (values["planted-bugs"]) isClean = await huntPlantedBugs();
else if (values.hours === undefined) isClean = await fuzzOnce();
else isClean = await soak(wholeNumber(values.hours, "hours"));
process.exitCode = isClean ? 0 : 1;
