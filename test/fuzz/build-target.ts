/** A campaign with the code under test as one file: patched (a planted bug), instrumented, bundled. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { CampaignName } from "./campaign.ts";
import { type Instrumented, instrument } from "./instrument.ts";

/** A change of source text; `find` must occur exactly once in `file` (below the repository). */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export class PatchDoesNotFit extends Error {}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COUNTERS = `${ROOT}test/fuzz/counters.ts`;
const ENTRY = "podpath-fuzz:entry";
const DICTIONARY = "podpath-fuzz:dictionary";
const PACKAGES = ["ip-address", "d3-node", "js-yaml", "pcap-parser", "zod", "commander"];

/** The text with the patch in it; throws PatchDoesNotFit when the source has moved on. */
export function applyPatch(source: string, { file, find, replace }: Patch): string {
  const first = source.indexOf(find);
  if (first < 0) throw new PatchDoesNotFit(`${file} no longer holds: ${find}`);
  if (source.indexOf(find, first + 1) >= 0)
    throw new PatchDoesNotFit(`${file} holds more than once: ${find}`);
  return source.slice(0, first) + replace + source.slice(first + find.length);
}

/** Instrumented sources, by path: of seventy planted bugs each changes one file and leaves the others as they were. */
const known = new Map<string, { readonly source: string; readonly result: Instrumented }>();
let nextCounter = 0;

function instrumented(path: string, source: string): Instrumented {
  const before = known.get(path);
  if (before?.source === source) return before.result;
  const result = instrument(source, nextCounter, COUNTERS);
  nextCounter += result.counters;
  if (before === undefined) known.set(path, { source, result });
  return result;
}

/**
 * Writes `outFile`, a module to be run by node (target.ts says with which arguments); it must lie below the repository, where
 * packages are found. What the code compares with is `import constants from "podpath-fuzz:dictionary"`.
 */
export async function buildTarget(
  campaign: CampaignName,
  outFile: string,
  patch?: Patch,
): Promise<void> {
  const constants = new Set<number | string>();
  let isPatched = patch === undefined;
  const bundle = await rolldown({
    input: ENTRY,
    cwd: ROOT,
    platform: "node",
    external: [/^node:/, ...PACKAGES],
    logLevel: "silent",
    plugins: [
      {
        name: "podpath-fuzz",
        resolveId: (id) => (id === DICTIONARY || id === ENTRY ? { id, external: false } : null),
        load(id) {
          if (id === DICTIONARY) return "export default $dictionary;";
          return id === ENTRY ? entryOf(campaign) : null;
        },
        transform(source, id) {
          const path = id.startsWith(ROOT) ? id.slice(ROOT.length) : id;
          if (!path.startsWith("src/")) return null;
          const isTheOne = patch?.file === path;
          isPatched ||= isTheOne;
          const result = instrumented(path, isTheOne ? applyPatch(source, patch) : source);
          for (const constant of result.constants) constants.add(constant);
          return { code: result.code, moduleType: "ts" };
        },
      },
    ],
  });
  // The constants are known once every module was seen: after the bundle was made, before its text is written.
  await bundle.write({
    file: outFile,
    format: "esm",
    sourcemap: patch === undefined,
    codeSplitting: false,
    intro: () => `const $dictionary=${JSON.stringify([...constants])};`,
  });
  await bundle.close();
  if (!isPatched)
    throw new PatchDoesNotFit(`${patch?.file} is not part of what the ${campaign} campaign runs`);
}

function entryOf(campaign: CampaignName): string {
  const folder = JSON.stringify(`${ROOT}test/fuzz/`).slice(1, -1);
  return `import { campaign } from "${folder}${campaign}-campaign.ts";
import { runCampaign } from "${folder}target.ts";
await runCampaign(campaign);`;
}
