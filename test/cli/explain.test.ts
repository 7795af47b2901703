// `podpath explain` as it is typed: every way to say which connection, every format, every ending.
import { describe, expect, it } from "vitest";
import type { Explanation } from "../../src/core/explain/explanation.ts";
import { runCli } from "../support/cli.ts";

const TOUR = "samples/tour";
const run = (...argv: string[]) => runCli(["explain", ...argv]);
const json = async (...argv: string[]): Promise<Explanation> => {
  const { code, stdout, stderr } = await run(...argv, "-o", "json");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

describe("podpath explain", () => {
  it.each([
    [["conn-6"]],
    [["tcp 192.168.1.145:44010 203.0.113.10:80"]],
    [["tcp", "192.168.1.145:44010", "203.0.113.10:80"]],
    [["192.168.1.145:44010", "203.0.113.10:80"]],
    [["203.0.113.10:80->192.168.1.5:17875"]],
    [["IP 192.168.1.5.17875 > 203.0.113.10.80:"]],
    [["192.168.1.5:17875"]],
    [["203.0.113.10"]],
  ])("%j is the one connection through SNAT", async (what) => {
    const { explained, matched } = await json(...what, TOUR);
    expect(matched).toBe(1);
    expect(explained[0]).toMatchObject({
      id: "conn-6",
      class: "snat-egress",
      confidence: "proven",
    });
    expect(explained[0]?.path.map(({ kind }) => kind)).toEqual(["seen", "rewritten", "seen"]);
    expect(explained[0]?.filters.map(({ displayFilter }) => displayFilter)).toEqual([
      "ip.addr == 192.168.1.145 && ip.addr == 203.0.113.10 && tcp.port == 44010 && tcp.port == 80",
      "ip.addr == 192.168.1.5 && ip.addr == 203.0.113.10 && tcp.port == 17875 && tcp.port == 80",
    ]);
  });

  it("caps what it explains and says so, and --limit moves the cap", async () => {
    const some = await json("netshoot", TOUR, "--limit", "2");
    expect(some.explained).toHaveLength(2);
    expect(some.notExplained).toHaveLength(some.matched - 2);
    expect((await json("netshoot", TOUR, "--limit", "99")).notExplained).toEqual([]);
  });

  it("keeps to the filters", async () => {
    const { matched, filter } = await json("netshoot", TOUR, "--class", "snat-egress");
    expect(matched).toBe(1);
    expect(filter).toEqual({ expression: "--class snat-egress", shown: 1, of: 6 });
  });

  it("writes Markdown", async () => {
    const { stdout } = await run("conn-6", TOUR, "-o", "markdown");
    expect(stdout).toMatch(/^# podpath explain `conn-6`\n/);
    expect(stdout).toContain("\n### See it yourself\n");
  });

  it.each([
    [["conn-999", TOUR], 2, /there are conn-1 to conn-6/],
    [["wbe", TOUR], 2, /did you mean web\?/],
    [["10.9.9.9:1", TOUR], 2, /no connection in these captures/],
    [
      [
        "netshoot-pod-7757d5dd99-jw4z4",
        `${TOUR}/captures/n3.any.sll2.pcap`,
        "-s",
        `${TOUR}/snapshot`,
      ],
      2,
      /podpath doctor --pod netshoot-pod-7757d5dd99-jw4z4/,
    ],
    [["conn-1"], 2, /explain: no input/],
    [[], 2, /missing required argument/],
    [["conn-1", TOUR, "--limit", "0"], 2, /whole number/],
    [["conn-1", "nothing.pcap"], 3, /nothing\.pcap/],
  ])("%j ends with %d", async (argv, code, message) => {
    const result = await run(...argv);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(message);
  });
});
