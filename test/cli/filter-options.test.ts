// The filter flags as they are typed: order, --not, mistakes, and what a part of a report looks like in each format.
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/core/report/report.ts";
import { runCli } from "../support/cli.ts";

const TOUR = "samples/tour";

async function part(...flags: string[]): Promise<Report> {
  const { code, stdout, stderr } = await runCli([TOUR, ...flags, "-o", "json"]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("filter flags", () => {
  it("may stand anywhere, and --not turns the next one around only", async () => {
    const report = await part("--not", "--class", "snat-egress", "-n", "default", "--port", "8080");
    expect(report.filter?.expression).toBe(
      "--not --class snat-egress --namespace default --port 8080",
    );
    expect(report.filter).toMatchObject({ shown: 4, of: 6 });
    expect(report.connections).toHaveLength(4);
    expect(Object.keys(report.summary.classes)).toEqual(["pod-to-pod-direct", "pod-to-pod-nat"]);
    expect(report.accounting.records).toBe(224);
  });

  it("are told in the text, and a capture's sums stay those of all records", async () => {
    const { stdout } = await runCli([
      TOUR,
      "--finding",
      "unexpected-snat",
      "--ip",
      "192.168.2.158",
    ]);
    expect(stdout).toContain(
      "filter    1 of 6 connections shown: --finding unexpected-snat --ip 192.168.2.158\n",
    );
    expect(stdout).toContain("records  224 = 204 in connections + 20 arp\n");
  });

  it("are told in the picture", async () => {
    const { stdout } = await runCli(["diagram", "topology", TOUR, "--pod", "web"]);
    expect(stdout).toContain("Only 2 of 6 connections are shown: --pod web.");
  });

  it("decide what --fail-on sees", async () => {
    const clean = await runCli([TOUR, "--fail-on", "error", "--class", "snat-egress"]);
    expect(clean.code).toBe(0);
    const found = await runCli([TOUR, "--fail-on", "error", "--class", "pod-to-pod-nat"]);
    expect(found.code).toBe(1);
  });
});

describe("mistyped filters end with 2 and a word on what is allowed", () => {
  it.each([
    [["--class", "pod-to-pod"], /is no path class.*; allowed are pod-to-pod-direct, /],
    [["--not"], /--not: no filter flag follows/],
    [["--not", "--not", "--port", "1"], /--not --not/],
    [["--pod", "default/wbe"], /did you mean default\/web\?/],
    [["--since", "now"], /is no time/],
    [["--ip", "nowhere\x1b[2J"], /nowhere\\x1b\[2J: is neither/],
  ])("%j", async (flags, message) => {
    for (const command of [["analyze"], ["diagram", "topology"]]) {
      const { code, stdout, stderr } = await runCli([...command, TOUR, ...flags]);
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(message);
      expect(stderr.split("\n")).toHaveLength(2);
    }
  });
});

describe("wrong-vantage", () => {
  const n3 = [`${TOUR}/captures/n3.any.sll2.pcap`, "-s", `${TOUR}/snapshot`];
  const rules = async (...argv: string[]): Promise<string[]> => {
    const { stdout } = await runCli([...argv, "-o", "json"]);
    return (JSON.parse(stdout) as Report).findings.map(({ rule }) => rule);
  };

  it("says where the pod runs when it was captured nowhere", async () => {
    const { stdout } = await runCli([...n3, "--pod", "netshoot-pod-7757d5dd99-jw4z4"]);
    expect(stdout).toMatch(/^WARNING {3}f\d+ wrong-vantage/m);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "default/netshoot-pod-7757d5dd99-jw4z4 runs on ip-192-168-1-5; the captures were taken at ip-192-168-2-134, where",
    );
  });

  it("is silent about pods of captured nodes, seen pods, and when nothing was asked", async () => {
    expect(await rules(...n3, "--pod", "web")).not.toContain("wrong-vantage");
    const seen = await rules(...n3, "--from-pod", "netshoot-pod-7757d5dd99-tgwj7");
    expect(seen).not.toContain("wrong-vantage");
    expect(await rules(...n3)).not.toContain("wrong-vantage");
  });
});
