/**
 * `npm run bench`: podpath and the peers that are installed over generated captures, whole processes, one of each in turn, so
 * that what disturbs the machine disturbs all of them; medians, and medians of the ratios pair by pair. Files are in the page
 * cache. It judges nothing: figures of a machine that others use are not to be compared with those of another day.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generateCapture } from "./generate-capture.ts";
import { type Measured, measure, median } from "./measure.ts";
import { TRAFFIC, type Traffic } from "./traffic.ts";

const SIZES: Readonly<Record<string, number>> = { tiny: 0.001, quick: 0.2, full: 1 };
const ROOT = new URL("../../", import.meta.url).pathname;

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "quick" },
    rounds: { type: "string", default: "5" },
    cases: { type: "string", default: TRAFFIC.map(({ name }) => name).join(",") },
    /** Where captures are kept for the next time; a temporary folder otherwise. */
    work: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

interface Peer {
  readonly name: string;
  readonly command: readonly string[];
}

function isInstalled(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}

function peersFor(file: string, traffic: Traffic, work: string): Peer[] {
  const flowPeersCanReadIt = traffic.link !== "sll2";
  const flows = join(work, "nfpcapd");
  mkdirSync(flows, { recursive: true });
  const all: readonly (Peer & { readonly applies: boolean })[] = [
    { name: "cat", command: ["cat", file], applies: true },
    { name: "node -e ''", command: [process.execPath, "-e", ""], applies: true },
    { name: "tcpdump -w", command: ["tcpdump", "-r", file, "-w", "/dev/null"], applies: true },
    {
      name: "nfpcapd",
      command: ["nfpcapd", "-r", file, "-w", flows],
      applies: flowPeersCanReadIt,
    },
    { name: "softflowd", command: ["softflowd", "-d", "-r", file], applies: flowPeersCanReadIt },
  ];
  return all.filter(({ command: [program = ""], applies }) => applies && isInstalled(program));
}

function line(name: string, runs: readonly Measured[], podpath: readonly Measured[]): string {
  const ratio = median(podpath.map((run, i) => run.wallSeconds / (runs[i]?.wallSeconds ?? 1)));
  const wall = median(runs.map(({ wallSeconds }) => wallSeconds));
  const cpu = median(runs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []));
  const peak = Math.max(...runs.flatMap(({ peakMegabytes }) => peakMegabytes ?? []));
  const shown = (value: number, digits: number): string =>
    Number.isFinite(value) ? value.toFixed(digits) : "-";
  const failed = runs.some(({ exitCode }) => exitCode !== 0) ? "  (it failed)" : "";
  return `  ${name.padEnd(12)} wall ${wall.toFixed(3).padStart(7)} s  cpu ${shown(cpu, 2).padStart(6)} s  peak ${shown(peak, 0).padStart(5)} MB  podpath takes ${ratio.toFixed(2).padStart(6)} x its wall${failed}`;
}

async function benchCase(traffic: Traffic, share: number, rounds: number, work: string) {
  const file = join(work, `${traffic.name}-${share}.${traffic.format}`);
  if (!existsSync(file)) generateCapture(traffic, share, file);
  readFileSync(file).fill(0);
  const podpath = [process.execPath, join(ROOT, "bin/podpath.js"), "analyze", file];
  const peers = [{ name: "podpath", command: podpath }, ...peersFor(file, traffic, work)];
  const runs = new Map<string, Measured[]>(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of peers) runs.get(name)?.push(await measure(command));
  }
  const megabytes = (statSync(file).size / 1e6).toFixed(0);
  tell(`${traffic.name}: ${megabytes} MB; ${traffic.stresses}`);
  const own = runs.get("podpath") ?? [];
  for (const [name, measured] of runs) tell(line(name, measured, own));
}

const share = SIZES[values.size];
const rounds = Number(values.rounds);
if (values.help || share === undefined || !(rounds >= 1)) {
  tell("npm run bench -- [--size tiny|quick|full] [--rounds 5] [--cases mixed,small] [--work DIR]");
  process.exitCode = values.help ? 0 : 2;
} else {
  const work = values.work ?? mkdtempSync(join(tmpdir(), "podpath-bench-"));
  mkdirSync(work, { recursive: true });
  const model = cpus()[0]?.model ?? "unknown processor";
  const load = loadavg()[0]?.toFixed(1);
  tell(`${availableParallelism()} x ${model}, load ${load}, Node ${process.version}`);
  for (const name of values.cases.split(",")) {
    const traffic = TRAFFIC.find((one) => one.name === name);
    if (traffic === undefined) tell(`${name}: no such case`);
    else await benchCase(traffic, share, rounds, work);
  }
  if (values.work === undefined) rmSync(work, { recursive: true });
}
