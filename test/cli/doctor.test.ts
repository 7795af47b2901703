// `podpath doctor` as it is typed: a good set, a set with a hole, the wrong node, and the exit codes of each.
import { describe, expect, it } from "vitest";
import type { Checkup } from "../../src/core/doctor/checkup.ts";
import { runCli } from "../support/cli.ts";

const TOUR = "samples/tour";
const N1 = `${TOUR}/captures/n1.any.sll2.pcap`;
const N3 = `${TOUR}/captures/n3.any.sll2.pcap`;
const run = (...argv: string[]) => runCli(["doctor", ...argv]);

describe("podpath doctor", () => {
  it("finds the tour good enough, also when it is strict", async () => {
    const { code, stdout, stderr } = await run(TOUR, "--strict");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^doctor {3}these inputs are good enough; the paths of all 6 connections/,
    );
    expect(stdout).not.toMatch(/WARNING|ERROR/);
  });

  it("says what a capture without a snapshot lacks: 0, and 4 when strict", async () => {
    const { code, stdout } = await run(N1);
    expect(code).toBe(0);
    expect(stdout).toContain("ERROR    none was given");
    expect(stdout).toContain("WHAT TO CAPTURE NEXT");
    expect((await run(N1, "--strict")).code).toBe(4);
  });

  it("says where a pod runs, which capture cannot show it, and what would", async () => {
    const pod = "default/netshoot-pod-7757d5dd99-jw4z4";
    const { stdout } = await run(N3, "-s", `${TOUR}/snapshot`, "--pod", pod, "-o", "json");
    const checkup: Checkup = JSON.parse(stdout);
    expect(checkup.verdict).toBe("doubtful");
    expect(checkup.pods).toMatchObject([
      {
        pod,
        node: "ip-192-168-1-5.ap-northeast-2.compute.internal",
        verdict: "not-shown",
        captures: [{ file: N3, shows: "elsewhere" }],
      },
    ]);
    expect(checkup.pods[0]?.commands[0]?.where).toContain("on node ip-192-168-1-5");
  });

  it.each([
    [[TOUR, "--pod", "wbe"], 2, /did you mean web\?/],
    [[], 2, /doctor: no input/],
    [["nothing.pcap"], 3, /nothing\.pcap/],
  ])("%j ends with %d", async (argv, code, message) => {
    const result = await run(...argv);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(message);
  });
});
