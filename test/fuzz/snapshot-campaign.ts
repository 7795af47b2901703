/** Snapshot texts of the samples, changed (snapshot-mutator.ts), alone and together with the sample's captures. */
import { readdirSync, readFileSync } from "node:fs";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { checkAnalysis, checkDeterminism, checkRenderers } from "./analysis-oracle.ts";
import { ANALYSING, type Campaign, type CampaignSettings, within } from "./campaign.ts";
import { walkCapture } from "./container-oracle.ts";
import type { Random } from "./random.ts";
import { mutateSnapshot } from "./snapshot-mutator.ts";
import { checkHonestPods, checkSnapshot } from "./snapshot-oracle.ts";

interface Sample {
  readonly texts: readonly SnapshotText[];
  readonly captures: readonly Uint8Array[];
  readonly records: number;
}

export function campaign({ samples }: CampaignSettings): Campaign {
  const names = readdirSync(samples, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  const loaded = new Map<string, Sample>();
  async function sampleNamed(name: string): Promise<Sample> {
    const known = loaded.get(name) ?? (await load(`${samples}/${name}`));
    loaded.set(name, known);
    return known;
  }
  return {
    isReplayable: true,
    async runCase({ random, caseNumber, note }) {
      if (caseNumber % 8 === 7) return checkHonestPods(random);
      const sample = await sampleNamed(random.pick(names.sort()));
      const texts = changed(sample.texts, random);
      note(
        new TextEncoder().encode(texts.map(({ file, text }) => `=== ${file}\n${text}`).join("\n")),
      );
      const length = texts.reduce((sum, { text }) => sum + text.length, 0);
      await within(ANALYSING, length, () => void checkSnapshot(texts));
      if (caseNumber % 32 !== 0) return;
      await within(ANALYSING, length + 100_000, async () => {
        checkRenderers(await checkAnalysis(sample.captures, texts, sample.records));
        if (caseNumber % 64 === 0) await checkDeterminism(sample.captures, texts, 4096);
      });
    },
  };
}

/** One to three of the files changed, the others as they are. */
function changed(texts: readonly SnapshotText[], random: Random): SnapshotText[] {
  const all = [...texts];
  for (let i = random.between(1, 3); i > 0; i -= 1) {
    const at = random.below(all.length);
    const one = all[at];
    if (one !== undefined) all[at] = { file: one.file, text: mutateSnapshot(one.text, random) };
  }
  return all;
}

async function load(folder: string): Promise<Sample> {
  const texts = readdirSync(`${folder}/snapshot`)
    .sort()
    .map((file) => ({ file, text: readFileSync(`${folder}/snapshot/${file}`, "utf8") }));
  const files = readdirSync(`${folder}/captures`)
    .sort()
    .filter((file) => /\.pcap(ng)?$/.test(file));
  const captures = files.map((file) => new Uint8Array(readFileSync(`${folder}/captures/${file}`)));
  let records = 0;
  for (const bytes of captures)
    records += (await walkCapture(bytes, bytes.length + 1))?.records ?? 0;
  return { texts, captures, records };
}
