import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const TOUR = "samples/tour";

describe("diagram of one connection", () => {
  it.each(["path", "ladder"])("draws a %s of the connection that is named", async (kind) => {
    const { code, stdout, stderr } = await runCli(["diagram", kind, "conn-6", TOUR]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/<title[^>]*>conn-6: tcp /);
    expect(stdout).not.toContain("The first of");
  });

  it("takes two ends without quotes, in either direction, before or after a rewrite", async () => {
    const one = await runCli(["diagram", "path", "conn-1", TOUR]);
    const ends = ["192.168.2.86:8080", "192.168.1.5:57114"];
    const two = await runCli(["diagram", "path", "tcp", ...ends, TOUR]);
    expect(two.stdout).toBe(one.stdout);
  });

  it("draws the first of several, and says in the picture which others fit", async () => {
    const { stdout } = await runCli(["diagram", "path", "web", TOUR]);
    expect(stdout).toMatch(/The first of 2 connections that fit web; the others: conn-5\./);
  });

  it.each([
    [["path", "conn-99", TOUR], "diagram path: conn-99: there is no such connection"],
    [["path", TOUR], "no input, or no connection named; as in podpath diagram path conn-1"],
    [["ladder"], "diagram: no input"],
    [
      ["sankey", TOUR, "-o", "dot"],
      "diagram sankey: there is no dot of it; mermaid, dot, d2, drawio are for",
    ],
    [["topology", TOUR, "-o", "gif"], "argument 'gif' is invalid"],
    [["sankey", TOUR, "--by", "colour"], "argument 'colour' is invalid"],
  ])("refuses %j", async (words, message) => {
    const { code, stdout, stderr } = await runCli(["diagram", ...words]);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("needs no more than the report for a ladder: --key-packets puts its packets there", async () => {
    const without = JSON.parse((await runCli(["analyze", TOUR, "-o", "json"])).stdout);
    expect(JSON.stringify(without)).not.toContain("keyPackets");
    const { stdout } = await runCli(["analyze", TOUR, "-o", "json", "--key-packets"]);
    const [first] = JSON.parse(stdout).connections[0].observations;
    expect(first.keyPackets[0]).toEqual({
      side: "orig",
      record: first.firstRecord,
      is: ["first", "syn"],
      time: first.firstSeen,
    });
    expect(first.keyPackets.at(-1).is).toEqual(["last"]);
    expect(first.keyPackets.at(-1).time).toBe(first.lastSeen);
  });
});

describe("diagram as a file", () => {
  it("writes the same bytes to a file as to stdout", async () => {
    const file = join(temporaryDirectory(), "map.svg");
    const { stdout } = await runCli(["diagram", "timeline", TOUR]);
    expect((await runCli(["diagram", "timeline", TOUR, "--output", file])).stdout).toBe("");
    expect(readFileSync(file, "utf8")).toBe(stdout);
  });

  it("has the theme that was asked for", async () => {
    const { stdout } = await runCli(["diagram", "sankey", TOUR, "--theme", "dark"]);
    expect(stdout).not.toContain("prefers-color-scheme");
    expect(stdout).toMatch(/class="canvas f-canvas"[^>]*fill="#11161d"/);
  });

  it("is a PNG where the package for it is installed, and says how to get it where not", async () => {
    const file = join(temporaryDirectory(), "map.png");
    const { code, stderr } = await runCli([
      "diagram",
      "sankey",
      TOUR,
      "-o",
      "png",
      "--output",
      file,
    ]);
    if (code === 0) {
      expect(readFileSync(file).subarray(1, 4).toString()).toBe("PNG");
    } else {
      expect(code).toBe(2);
      expect(stderr).toMatch(/PNG needs a package.*npm install @resvg\/resvg-js.*rsvg-convert/);
    }
  });

  it("is never a PNG on a terminal", async () => {
    const { code, stderr } = await runCli(["diagram", "sankey", TOUR, "-o", "png"], { tty: true });
    expect(code).toBe(2);
    expect(stderr).toContain("--output sankey.png");
  });
});
