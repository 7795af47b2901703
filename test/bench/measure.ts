/** One program run to its end: wall clock, and, where /proc tells, CPU seconds and the largest resident set. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface Measured {
  readonly wallSeconds: number;
  /** null where there is no /proc. */
  readonly cpuSeconds: number | null;
  readonly peakMegabytes: number | null;
  readonly exitCode: number | null;
}

/** The last look may be this much before the end; both numbers only grow. */
const LOOK_EVERY_MS = 10;
const TICKS_PER_SECOND = 100;

export async function measure(command: readonly string[]): Promise<Measured> {
  const [program = "", ...args] = command;
  const start = performance.now();
  const child = spawn(program, args, { stdio: "ignore" });
  let cpuSeconds: number | null = null;
  let peakMegabytes: number | null = null;
  const look = (): void => {
    cpuSeconds = cpuOf(child.pid) ?? cpuSeconds;
    peakMegabytes = peakOf(child.pid) ?? peakMegabytes;
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  }).finally(() => clearInterval(timer));
  return { wallSeconds: (performance.now() - start) / 1000, cpuSeconds, peakMegabytes, exitCode };
}

function procFile(pid: number | undefined, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return null;
  }
}

/** User and system time: fields 14 and 15 of proc(5) stat, counted behind the name in parentheses. */
function cpuOf(pid: number | undefined): number | null {
  const fields = procFile(pid, "stat")?.split(") ").at(-1)?.split(" ");
  if (fields === undefined) return null;
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function peakOf(pid: number | undefined): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(procFile(pid, "status") ?? "")?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1024;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
