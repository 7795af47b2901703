/**
 * The watching parent: runs the child with a budget of cases, and when it stands still, grows without end or dies, kills it and
 * says at which case. A hang cannot be stopped from inside, and running out of memory leaves nobody inside to tell.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readJournal } from "./journal.ts";
import type { TargetResult } from "./target-result.ts";

export interface TargetRun {
  /** What buildTarget wrote. */
  readonly target: string;
  readonly seed: number;
  readonly firstCase: number;
  readonly cases: number;
  /** 0: the number of cases alone decides. */
  readonly seconds: number;
  /** A file of this run alone. */
  readonly journal: string;
  readonly samples: string;
}

export interface WatchedResult extends TargetResult {
  /** The input at hand when the finding was made; empty when the case alone tells. */
  readonly input: Uint8Array;
}

/** Processor time that one case may take. Not time by the clock: a busy machine proves nothing. */
const MOST_CPU_MS = 1000;
/** The first cases are slow: modules are loaded and nothing is compiled yet. */
const WARM_UP_MS = 4000;
const MOST_RSS_BYTES = 700 * 1024 * 1024;
const LOOK_EVERY_MS = 100;
const TICKS_PER_SECOND = 100;

export async function runTarget(run: TargetRun): Promise<WatchedResult> {
  const args = [run.seed, run.firstCase, run.cases, run.seconds, run.journal, run.samples].map(
    String,
  );
  const child = spawn(process.execPath, ["--enable-source-maps", run.target, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  let killedBecause: string | null = null;
  const watch = setInterval(
    watcher(child.pid ?? 0, run.journal, (why) => {
      killedBecause = why;
      child.kill("SIGKILL");
    }),
    LOOK_EVERY_MS,
  );
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  const { caseNumber, input } = noted(run.journal);
  if (killedBecause === null && code === 0) {
    const result = JSON.parse(output) as TargetResult;
    return { ...result, input: result.finding === null ? new Uint8Array(0) : input };
  }
  const what = killedBecause ?? `the process died (exit code ${code}): ${complaints}`;
  return { cases: caseNumber - run.firstCase, summary: "", finding: { caseNumber, what }, input };
}

function noted(journal: string): { caseNumber: number; input: Uint8Array } {
  try {
    return readJournal(journal);
  } catch {
    return { caseNumber: -1, input: new Uint8Array(0) };
  }
}

/** Called now and then; calls `kill` once the child has stood still at one case or is too big. */
function watcher(pid: number, journal: string, kill: (why: string) => void): () => void {
  let lastCase = Number.NaN;
  let cpuAtCase = 0;
  let allowed = WARM_UP_MS;
  return () => {
    const cpuMs = processorTime(pid);
    if (cpuMs === null) return;
    const { caseNumber } = noted(journal);
    if (caseNumber !== lastCase) {
      if (!Number.isNaN(lastCase) && cpuMs > WARM_UP_MS) allowed = MOST_CPU_MS;
      lastCase = caseNumber;
      cpuAtCase = cpuMs;
    } else if (cpuMs - cpuAtCase > allowed)
      kill(`stands still: case ${caseNumber} took more than ${allowed} ms of processor time`);
    const rss = residentBytes(pid);
    if (rss > MOST_RSS_BYTES) kill(`grows without end: ${rss} bytes at case ${caseNumber}`);
  };
}

/** proc_pid_stat(5); null when the process has ended. */
function processorTime(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return (ticks * 1000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}

function residentBytes(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}
