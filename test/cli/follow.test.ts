/** Goal: a capture is read while it is written. Method: the built program in a process, a file that this test lets grow. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { pcapFile } from "../support/capture.ts";
import { shell } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";
import { ROOT } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const SYN = ethernet().ipv4().tcp({ flags: "S" });
const HEADER = pcapFile([]);
const RECORD = pcapFile([SYN]).subarray(24);

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** `podpath analyze --follow …` on a growing file, and a promise for how it ended. */
function follow(file: string, ...options: string[]) {
  const args = ["analyze", "--follow", "--progress", "always", "-o", "json", ...options, file];
  const child = spawn(process.execPath, [`${ROOT}bin/podpath.js`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const ended = new Promise<{ code: number | null; report: { captures: unknown[] } }>((resolve) =>
    child.on("close", (code) => resolve({ code, report: JSON.parse(stdout) })),
  );
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  /** Whether the progress line shows as many records. */
  const hasRead = (records: number): boolean =>
    [...stderr.matchAll(/: (\d+) records/g)].some(([, count]) => Number(count) >= records);
  return { child, ended, hasRead };
}

describe("analyze --follow", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "reads what is written until %s, then gives the report and ends with %i",
    async (signal, code) => {
      const file = join(temporaryDirectory({}), "grows.pcap");
      writeFileSync(file, HEADER);
      const { child, ended, hasRead } = follow(file);
      let written = 0;
      for (; !hasRead(3); written += 1) {
        appendFileSync(file, RECORD);
        await sleep(20);
      }
      // The writer is in the middle of a record.
      appendFileSync(file, RECORD.subarray(0, 20));
      child.kill(signal);
      const { code: ownCode, report } = await ended;
      expect(ownCode).toBe(code);
      expect(report.captures).toMatchObject([{ records: written }]);
    },
  );

  it("calls half a record at the end no damage", async () => {
    const file = join(temporaryDirectory({}), "grows.pcap");
    writeFileSync(file, Buffer.concat([HEADER, RECORD, RECORD.subarray(0, 20)]));
    const { ended } = follow(file, "--follow-idle", "0.1", "--strict");
    const { code, report } = await ended;
    expect(code).toBe(0);
    expect(report.captures).toMatchObject([
      { records: 1, diagnostics: [{ code: "capture.record-truncated", severity: "note" }] },
    ]);
  });

  it("refuses a rest that is no time", async () => {
    const { code, stderr } = await shell("podpath analyze --follow-idle 0 a.pcap");
    expect([code, stderr]).toEqual([2, expect.stringContaining("number of seconds above 0")]);
  });
});
