// `podpath check` as a pipeline uses it: options, files, exit codes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const NO_OVERLAY = "forbid: [{finding: overlay-encapsulation}]\n";

function folderWith(policy = NO_OVERLAY, more: Record<string, string> = {}): string {
  return temporaryDirectory({ "policy.yaml": policy, ...more });
}

function check(folder: string, ...argv: readonly string[]) {
  return runCli(["check", "--policy", join(folder, "policy.yaml"), ...argv]);
}

describe("podpath check", () => {
  it("the smallest policy is green on a healthy capture and red on an overlay", async () => {
    const folder = folderWith();
    const healthy = await check(folder, "samples/pod-to-pod");
    expect([healthy.code, healthy.stderr]).toEqual([0, ""]);
    expect(healthy.stdout).toContain("verdict  PASS: of 1 rule, 1 passed");
    const overlay = await check(folder, "samples/overlay-vxlan");
    expect([overlay.code, overlay.stderr]).toEqual([1, ""]);
    expect(overlay.stdout).toContain("conn-5 [n1.eth0.pcap #7, n2.eth0.pcap #7]");
  });

  it("is the same bytes for the same inputs, in every form", async () => {
    const folder = folderWith();
    for (const format of ["text", "wide", "json", "junit", "sarif", "github", "markdown"]) {
      const once = await check(folder, "samples/overlay-vxlan", "-o", format);
      const again = await check(folder, "samples/overlay-vxlan", "-o", format);
      expect(again.stdout).toBe(once.stdout);
      expect(once.stdout.length).toBeGreaterThan(100);
    }
  });

  it("writes several forms in one run, and says on stderr why it is red", async () => {
    const folder = folderWith();
    const [junit, sarif, markdown] = ["junit.xml", "out.sarif", "summary.md"].map((name) =>
      join(folder, name),
    );
    const { code, stdout, stderr } = await check(
      folder,
      ...["samples/overlay-vxlan", "-o", "junit", "--output", junit!],
      ...["--write", `sarif=${sarif}`, "--write", `markdown=${markdown}`],
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^podpath: check: FAIL: of 1 rule, 1 failed\npodpath: .*policy\.yaml:1: fail: forbid-overlay-encapsulation: /,
    );
    expect(readFileSync(junit!, "utf8")).toContain('<failure type="fail"');
    expect(JSON.parse(readFileSync(sarif!, "utf8")).version).toBe("2.1.0");
    expect(readFileSync(markdown!, "utf8")).toContain("```mermaid");
  });

  it.each([
    [[], "neither policy nor baseline"],
    [["--update"], "--update without --baseline"],
    [["--policy", "none.yaml"], "none.yaml: no such file"],
    [["--policy", "samples"], "samples: "],
    [["--today", "2026-02-30"], "It must be a day"],
    [["--write", "pdf=x"], "It must be FORMAT=FILE"],
    [["--write", "junit=-"], "It must be FORMAT=FILE"],
    [["--policy", "README.md"], "README.md:"],
  ])("refuses %j", async (argv, message) => {
    const { code, stderr } = await runCli(["check", ...argv, "samples/pod-to-pod"]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("shows a mistake in the policy with line and caret, before anything is read", async () => {
    const folder = folderWith("forbid:\n  - finding: overlay-encapsulaton\n");
    const { code, stderr, stdout } = await check(folder, "no-such-capture.pcap");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `podpath: ${join(folder, "policy.yaml")}:2:14: overlay-encapsulaton is not known here, did you mean overlay-encapsulation?\n` +
        "    2 |   - finding: overlay-encapsulaton\n" +
        "      |              ^\n",
    );
  });

  it("makes hostile text of a policy harmless", async () => {
    const folder = folderWith('forbid:\n  - finding: "\x1b]0;owned\x07"\n');
    const { stderr } = await check(folder, "samples/pod-to-pod");
    expect([...stderr].filter((one) => one < " " && one !== "\n")).toEqual([]);
  });

  it("takes a report in place of captures, and none that was bent", async () => {
    const folder = folderWith();
    const file = join(folder, "report.json");
    await runCli(["analyze", "samples/overlay-vxlan", "-o", "json", "--output", file]);
    expect((await check(folder, file)).code).toBe(1);
    const report = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...report, connections: [{}] }));
    const bent = await check(folder, file);
    expect(bent.code).toBe(3);
    expect(bent.stderr).toContain("is no report of this version at connections.0");
    writeFileSync(file, JSON.stringify(report).slice(0, -5));
    expect((await check(folder, file)).stderr).toContain("begins like a report and is no JSON");
  });

  it("a report of a part of the connections is a doubt", async () => {
    const folder = folderWith();
    const file = join(folder, "report.json");
    await runCli([
      "analyze",
      "samples/overlay-vxlan",
      "--class",
      "pod-to-pod-direct",
      "-o",
      "json",
      "--output",
      file,
    ]);
    const { code, stdout } = await check(folder, file);
    expect(code).toBe(4);
    expect(stdout).toContain("filtered");
  });

  it("ends with 3 when a named input cannot be read, whatever the others say", async () => {
    const folder = folderWith();
    expect((await check(folder, "samples/overlay-vxlan", "no-such.pcap")).code).toBe(3);
    expect((await check(folder, "no-such.pcap")).code).toBe(3);
  });

  it("asks for the day instead of a clock", async () => {
    const folder = folderWith(
      "forbid: [{class: pod-to-pod-overlay}, {class: overlay-tunnel}]\nallow: [{class: [pod-to-pod-overlay, overlay-tunnel], reason: moving away, expires: 2026-12-31}]\n",
    );
    const undated = await check(folder, "samples/overlay-vxlan");
    expect(undated.code).toBe(4);
    expect(undated.stdout).toContain("--today");
    expect((await check(folder, "samples/overlay-vxlan", "--today", "2026-12-31")).code).toBe(0);
    const grace = await check(folder, "samples/overlay-vxlan", "--today", "2027-01-05");
    expect(grace.code).toBe(0);
    expect(grace.stdout).toContain("warning");
    expect((await check(folder, "samples/overlay-vxlan", "--today", "2027-02-01")).code).toBe(1);
  });

  it("tells a pod that no capture can show from one that was silent", async () => {
    const folder = folderWith(
      "expect: [{match: {either: {pod: web-6c8f9d7b54-zx2kd}}, at-least: 1}]\n",
    );
    const { code, stdout } = await check(folder, "samples/nlb-instance");
    expect(code).toBe(4);
    expect(stdout).toContain("wrong-vantage");
  });
});

describe("a baseline", () => {
  it("is written, holds, and shows what changed at its line", async () => {
    const file = join(temporaryDirectory(), "baseline.yaml");
    const update = await runCli(["check", "--baseline", file, "--update", "samples/pod-to-pod"]);
    expect(update.code).toBe(0);
    expect((await runCli(["check", "--baseline", file, "samples/pod-to-pod"])).code).toBe(0);
    const changed = await runCli([
      "check",
      "--baseline",
      file,
      "samples/unexpected-snat",
      "-o",
      "json",
    ]);
    expect(changed.code).toBe(1);
    const [rule] = JSON.parse(changed.stdout).rules;
    expect(rule).toMatchObject({ id: "baseline", kind: "baseline", verdict: "fail", file });
    expect(rule.line).toBeGreaterThan(4);
    expect(rule.affected.map((one: { what: string }) => one.what)).toContain(
      "added: it is not in the baseline",
    );
  });

  it("names no address, no port and no pod", async () => {
    const file = join(temporaryDirectory(), "baseline.yaml");
    await runCli(["check", "--baseline", file, "--update", "samples/service-clusterip"]);
    const text = readFileSync(file, "utf8");
    expect(text).toContain("class: service-clusterip");
    expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+|:\d{2,}\b|-[a-z0-9]{9,10}-[a-z0-9]{5}\b/);
  });

  it("keeps what people wrote when it is updated, and writes JSON into .json", async () => {
    const file = join(temporaryDirectory(), "baseline.json");
    await runCli(["check", "--baseline", file, "--update", "samples/pod-to-pod"]);
    const document = JSON.parse(readFileSync(file, "utf8"));
    document.paths[0].reason = "the probe";
    document.paths.push({
      from: "a/Deployment/b",
      to: "external",
      protocol: "tcp",
      class: "snat-egress",
      nat: "snat",
      optional: true,
    });
    writeFileSync(file, JSON.stringify(document));
    expect((await runCli(["check", "--baseline", file, "samples/pod-to-pod"])).code).toBe(0);
    await runCli(["check", "--baseline", file, "--update", "samples/pod-to-pod"]);
    const after = JSON.parse(readFileSync(file, "utf8"));
    expect(after.paths).toHaveLength(document.paths.length);
    expect(after.paths.some((one: { reason?: string }) => one.reason === "the probe")).toBe(true);
    expect(after.paths.some((one: { optional?: boolean }) => one.optional === true)).toBe(true);
  });

  it("that is not there, or that says something twice, is a wrong command line", async () => {
    const folder = temporaryDirectory({
      "twice.yaml":
        "schema: podpath.baseline/1\npaths:\n  - {from: a, to: b, protocol: tcp, class: clb}\n  - {from: a, to: b, protocol: tcp, class: clb}\n",
    });
    expect(
      (await runCli(["check", "--baseline", join(folder, "none.yaml"), "samples/pod-to-pod"])).code,
    ).toBe(2);
    const twice = await runCli([
      "check",
      "--baseline",
      join(folder, "twice.yaml"),
      "samples/pod-to-pod",
    ]);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain("twice.yaml:4:5: this path stands here twice");
  });

  it("that cannot be written is not green, and stays as it was", async () => {
    const folder = temporaryDirectory();
    const file = join(folder, "no", "such", "folder", "baseline.yaml");
    expect(
      (await runCli(["check", "--baseline", file, "--update", "samples/pod-to-pod"])).code,
    ).toBe(74);
    expect(existsSync(file)).toBe(false);
  });
});
