// The program as a process: pipes, a full disk, signals. Uses the build in dist, as users do.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapFile } from "../support/capture.ts";
import { shell } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";
import { ROOT } from "../support/repository.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-process-"));
  // Enough connections that the JSON report does not fit into a pipe's buffer.
  const packets = Array.from({ length: 2_000 }, (_, i) =>
    ethernet()
      .ipv4({ src: "10.0.1.10", dst: "10.0.2.20" })
      .tcp({ srcPort: 1024 + i, dstPort: 80, seq: i * 7919, flags: "S" }),
  );
  writeFileSync(join(folder, "many.pcap"), pcapFile(packets));
});
afterAll(() => rmSync(folder, { recursive: true }));

const many = () => join(folder, "many.pcap");

describe("the program", () => {
  it("is quiet when its reader goes away, and keeps the verdict's code", async () => {
    const { stdout, stderr, code } = await shell(
      `podpath ${many()} -o json | head -1; exit \${PIPESTATUS[0]}`,
    );
    expect([stdout, stderr, code]).toEqual(["{\n", "", 0]);
  });

  it("keeps a code of its own when its reader goes away", async () => {
    const command = `podpath ${many()} none.pcap -o json | head -1; exit \${PIPESTATUS[0]}`;
    expect((await shell(command)).code).toBe(3);
  });

  it.each(["--help", "schema", "rules", "analyze MANY", "analyze MANY -o json"])(
    "ends with 74 when the disk is full: %s",
    async (command) => {
      const { code, stderr } = await shell(
        `podpath ${command.replace("MANY", many())} > /dev/full`,
      );
      expect(code).toBe(74);
      expect(stderr).toBe(
        "podpath: standard output: no space left on the device; free some space or write somewhere else\n",
      );
    },
  );

  it("a violated policy stays red when its reader goes away, and is lost, not green, on a full disk", async () => {
    const policy = join(folder, "policy.yaml");
    writeFileSync(policy, "forbid: [{match: {protocol: tcp}}]\n");
    const check = `podpath check --policy ${policy} ${many()}`;
    const closed = await shell(`${check} -o json | head -c 1; exit \${PIPESTATUS[0]}`);
    expect([closed.stdout, closed.code]).toEqual(["{", 1]);
    for (const full of ["> /dev/full", "-o junit --output /dev/full", "--write sarif=/dev/full"])
      expect((await shell(`${check} ${full}`)).code, full).toBe(74);
  });

  it("gives the whole report to a slow reader", async () => {
    const { stdout } = await shell(`podpath ${many()} -o json | (sleep 0.3; cat)`);
    expect(JSON.parse(stdout).connections).toHaveLength(2_000);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends with its code on %s while it waits for input", async (signal, code) => {
    const child = spawn(process.execPath, [`${ROOT}bin/podpath.js`, "-"], {
      stdio: ["pipe", "ignore", "pipe"],
    });
    const ended = new Promise((resolve) => child.on("close", (...how) => resolve(how)));
    // Reading has begun, and with it the handlers are there, when the pipe takes bytes it cannot hold any more.
    child.stdin.on("error", () => {});
    child.stdin.write(pcapFile([]));
    const record = pcapFile([new Uint8Array(65_536)]).subarray(24);
    for (let i = 0; i < 64; i++) {
      await new Promise((resolve) => child.stdin.write(record, resolve));
    }
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
  });

  it("shows itself as kubectl's plugin when kubectl runs it", async () => {
    const { stdout } = await shell(`node ${ROOT}bin/kubectl-podpath.js --help`);
    expect(stdout).toMatch(/^Usage: kubectl podpath /);
  });
});
