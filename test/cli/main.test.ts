// The command line itself: what is shown, what is refused, what it loads. Analyses are in analyze.test.ts.
import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { reportJsonSchema } from "../../src/core/report/report-json-schema.ts";
import { runCli } from "../support/cli.ts";
import { readText } from "../support/repository.ts";

describe("podpath", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("shows help for %j", async (argv) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(code).toBe(0);
    expect(stderr).toBe("");
    for (const { name, summary } of COMMANDS) {
      expect(stdout).toContain(name);
      expect(stdout.replace(/\s+/g, " ")).toContain(summary);
    }
    expect(stdout).toContain("Exit codes: 0 clean");
  });

  it("shows help that fits 100 columns", async () => {
    for (const argv of [["--help"], ...COMMANDS.map(({ name }) => [name, "--help"])]) {
      const { stdout } = await runCli(argv);
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
    }
  });

  it("lists no command that is not built", async () => {
    const { stdout } = await runCli(["--help"]);
    const listed = stdout.slice(stdout.indexOf("Commands:"), stdout.indexOf("Examples:"));
    const names = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]);
    expect(names).toEqual([...COMMANDS.map(({ name }) => name), "help"]);
  });

  it("shows its version", async () => {
    const { code, stdout } = await runCli(["--version"]);
    const { version } = JSON.parse(readText("package.json"));
    expect([code, stdout]).toEqual([0, `podpath ${version}\n`]);
  });

  it.each([
    [["--bogus"], "unknown option '--bogus'; try podpath analyze --help"],
    [["analyze", "--strct", "a.pcap"], "Did you mean --strict?"],
    [["analyze", "-o", "xml", "a.pcap"], "argument 'xml' is invalid"],
    [["analyze", "--fail-on", "fatal", "a.pcap"], "argument 'fatal' is invalid"],
    [["analyze", "--max-connections", "-1", "a.pcap"], "It must be a whole number from 1 on."],
    [["analyze", "--max-connections", "1e3", "a.pcap"], "It must be a whole number from 1 on."],
    [["analyze"], "podpath: analyze: no input; name a capture"],
    [["diagram"], "missing required argument 'kind'"],
    [["diagram", "pie", "a.pcap"], "value 'pie' is invalid"],
    [["diagram", "topology"], "podpath: diagram: no input"],
    [["rules", "no-such-rule"], "no path class or finding is called no-such-rule"],
    [["schema", "pictures"], "Allowed choices are report, policy"],
  ])("refuses %j with 2 and says why on stderr", async (argv, message) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^podpath: /);
  });

  it("says that a mistyped command is no file and no command", async () => {
    const { code, stderr } = await runCli(["explan", "a.pcap"]);
    expect(code).toBe(3);
    expect(stderr).toContain("podpath: explan: no such file or directory; check the path\n");
    expect(stderr).toContain(
      "podpath: explan: is no command either; `podpath --help` lists them\n",
    );
  });

  it("prints the schema that reports are checked against", async () => {
    const { code, stdout } = await runCli(["schema"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(reportJsonSchema());
  });

  it("prints every rule in short, and one in full", async () => {
    const { stdout } = await runCli(["rules"]);
    expect(stdout).toMatch(/^snat-egress +path /m);
    expect(stdout).toMatch(/^unexpected-snat +(error|warning) /m);
    const one = await runCli(["rules", "unexpected-snat"]);
    expect(one.stdout).toContain("proves");
    expect(one.stdout).not.toContain("snat-egress (path)");
  });
});

describe("start-up", () => {
  /** Files that `file` loads with static imports of values, directly and indirectly. */
  function loadedBy(file: string, seen = new Set<string>()): Set<string> {
    if (seen.has(file)) return seen;
    seen.add(file);
    const imports = readText(file).matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gms);
    for (const [, specifier = ""] of imports) {
      if (specifier.startsWith(".")) loadedBy(posix.join(posix.dirname(file), specifier), seen);
      else seen.add(specifier);
    }
    return seen;
  }

  it("loads neither analysis nor libraries before a command is known", () => {
    const loaded = [...loadedBy("src/cli/main.ts")];
    expect(loaded.filter((file) => /^(?!node:|src\/)/.test(file))).toEqual([]);
    expect(loaded.filter((file) => file.startsWith("src/core/"))).toEqual([
      "src/core/render/safe-text.ts",
    ]);
  });

  it("loads d3 and zod for no analysis", () => {
    const loaded = [...loadedBy("src/cli/analyze.ts"), ...loadedBy("src/node/analyze-files.ts")];
    expect(loaded).toContain("src/core/render/text.ts");
    expect(loaded).toContain("src/core/analyze.ts");
    expect(loaded).not.toContain("zod");
    expect(loaded.filter((file) => file.startsWith("d3"))).toEqual([]);
  });
});
