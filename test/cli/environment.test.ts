// The program in poor surroundings: no locale, no home, little memory, nobody's rights, killed in the middle of a write.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapFile } from "../support/capture.ts";
import { shell } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";
import { ROOT } from "../support/repository.ts";

let folder = "";
const many = (): string => join(folder, "many.pcap");
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-environment-"));
  const packets = Array.from({ length: 2_000 }, (_, i) =>
    ethernet()
      .ipv4({ src: "10.0.1.10", dst: "10.0.2.20" })
      .tcp({ srcPort: 1024 + i, dstPort: 80, seq: i * 7919, flags: "S" }),
  );
  writeFileSync(many(), pcapFile(packets));
});
afterAll(() => rmSync(folder, { recursive: true }));

const program = `${process.execPath} ${ROOT}bin/podpath.js`;

describe("the report is the same", () => {
  it.each([
    ["without any variable", "env -i "],
    ["in the C locale", "LANG=C LC_ALL=C "],
    [
      "in a Turkish locale and another zone",
      "LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu ",
    ],
    ["with 96 MiB of heap", "NODE_OPTIONS=--max-old-space-size=96 "],
  ])("%s", async (_name, surroundings) => {
    const wanted = await shell(`${program} ${many()} -o json`);
    const got = await shell(`${surroundings}${program} ${many()} -o json`);
    expect(got.code).toBe(0);
    expect(got.stderr).toBe("");
    expect(got.stdout).toBe(wanted.stdout);
    expect(JSON.parse(got.stdout).connections).toHaveLength(2_000);
  });

  // One who may read only what everybody may; the others are root in the container that runs the tests.
  it.skipIf(process.getuid?.() !== 0)(
    "for user 65534, who has no home and may write nowhere",
    async () => {
      const got = await shell(
        `setpriv --reuid 65534 --regid 65534 --clear-groups env -i ${program} - -o json < ${many()}`,
      );
      // A checkout that only its owner may enter cannot be tried so.
      if (/EACCES|permission denied|Cannot find module/i.test(got.stderr)) {
        console.warn("the checkout is not readable for user 65534: not tried");
        return;
      }
      expect([got.code, got.stderr]).toEqual([0, ""]);
      expect(JSON.parse(got.stdout).connections).toHaveLength(2_000);
    },
  );
});

describe("a write that is killed", () => {
  it("leaves the old file or the new one, and the next run clears up", {
    timeout: 120_000,
  }, async () => {
    const report = join(folder, "report.json");
    writeFileSync(report, "old\n");
    for (let turn = 0; turn < 12; turn += 1) {
      const child = spawn(
        process.execPath,
        [`${ROOT}bin/podpath.js`, many(), "-o", "json", "--output", report],
        { stdio: "ignore" },
      );
      const ended = new Promise((resolve) => child.on("close", resolve));
      setTimeout(() => child.kill("SIGKILL"), 60 + turn * 40);
      await ended;
      const text = readFileSync(report, "utf8");
      if (text !== "old\n") expect(JSON.parse(text).connections).toHaveLength(2_000);
    }
    expect((await shell(`${program} ${many()} -o json --output ${report}`)).code).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(["many.pcap", "report.json"]);
  });
});
