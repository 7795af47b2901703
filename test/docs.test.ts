/**
 * Goal: the documents say what is true. Method: follow every link, look up every command, and make again whatever is
 * generated from the code (`npm run docs` rewrites it).
 */
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { FINDING_RULES, PATH_RULES } from "../src/core/classify/rule-list.ts";
import { policyJsonSchema } from "../src/core/policy/policy-json-schemas.ts";
import { PATH_CLASS_ORDER } from "../src/core/report/path-class-title.ts";
import { reportJsonSchema } from "../src/core/report/report-json-schema.ts";
import { cliMarkdown } from "./support/cli-markdown.ts";
import { anchorsOf, linksOf, shellCommands } from "./support/markdown.ts";
import { filesBelow, ROOT, readText } from "./support/repository.ts";
import { rulesMarkdown } from "./support/rules-markdown.ts";

const documents = filesBelow("").filter((path) => path.endsWith(".md"));

/** Links of one document that lead nowhere. Links to other sites are not followed: a test needs no network. */
function brokenLinks(path: string, markdown: string): string[] {
  return linksOf(markdown).filter((link) => {
    if (/^(?:https?|mailto):/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : posix.join(posix.dirname(path), file);
    if (!existsSync(`${ROOT}${target}`)) return true;
    if (anchor === undefined) return false;
    const text = target === path ? markdown : readText(target);
    return !anchorsOf(text).has(anchor);
  });
}

/** `npm run X` and `npm X` in the code of the text that package.json does not know. */
function unknownScripts(markdown: string): string[] {
  const { scripts } = JSON.parse(readText("package.json"));
  const own = new Set(["ci", "install", "i", "pack", "publish"]);
  const code = [...shellCommands(markdown), ...(markdown.match(/`[^`\n]+`/g) ?? [])].join("\n");
  return [...code.matchAll(/\bnpm (?:run ([\w:-]+)|([a-z]+))/g)]
    .map((match) => match[1] ?? match[2] ?? "")
    .filter((name) => !own.has(name) && !(name in scripts));
}

describe("links", () => {
  test.each(documents)("of %s lead somewhere", (path) => {
    expect(brokenLinks(path, readText(path))).toEqual([]);
  });

  test("a planted broken link is seen", () => {
    const markdown =
      "# A b\n[a](docs/nothing.md) [b](#a-b) [c](#a) [d](README.md#nothing) `[e](f)`";
    expect(brokenLinks("README.md", markdown)).toEqual([
      "docs/nothing.md",
      "#a",
      "README.md#nothing",
    ]);
  });
});

describe("commands", () => {
  test("the README begins with the two that a fresh machine needs", () => {
    const commands = shellCommands(readText("README.md"));
    expect(commands[0]).toMatch(/^npm ci && .*podpath.* samples\/tour$/);
    expect(commands[1]).toBe("npm ci && npm test");
    expect(readText("README.md").indexOf("npm ci")).toBeLessThan(1200);
  });

  test.each(documents)("npm scripts named in %s exist", (path) => {
    expect(unknownScripts(readText(path))).toEqual([]);
  });

  test("CI runs the README's test command and every check", () => {
    const ci = readText(".ci/run");
    for (const command of ["npm ci", "npm test", "npm run check"]) expect(ci).toContain(command);
  });

  test("a planted unknown script is seen", () => {
    expect(unknownScripts("npm packages: `npm run nothing`\n```sh\nnpm start\n```\n")).toEqual([
      "start",
      "nothing",
    ]);
  });
});

describe("what is made from the code is fresh", () => {
  test("the report's JSON Schema", async () => {
    const schema = `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
    await expect(schema).toMatchFileSnapshot("../docs/report.schema.json");
  });

  test.each(["policy", "baseline", "check", "diff"] as const)(
    "the JSON Schema of %s",
    async (of) => {
      const schema = `${JSON.stringify(policyJsonSchema(of), null, 2)}\n`;
      await expect(schema).toMatchFileSnapshot(`../docs/${of}.schema.json`);
    },
  );

  test("the command line", async () => {
    await expect(await cliMarkdown()).toMatchFileSnapshot("../docs/cli.md");
  });

  test("the rules", async () => {
    const markdown = rulesMarkdown(PATH_RULES, FINDING_RULES);
    await expect(markdown).toMatchFileSnapshot("../docs/rules.md");
  });

  test("the README shows what the tour says, line by line", () => {
    const shown = readText("README.md").split("```text\n")[1]?.split("```")[0] ?? "";
    const real = readText("samples/tour/expected.txt").split("\n");
    const lines = shown.split("\n").filter((line) => line !== "…");
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !real.includes(line))).toEqual([]);
  });

  test("the README promises only classes and findings that there are", () => {
    const ids = [...PATH_RULES, ...FINDING_RULES].map(({ meta }) => meta.id);
    const table = readText("README.md").split("## What it answers")[1]?.split("\n## ")[0] ?? "";
    const promised = [...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map((match) => match[1] ?? "");
    expect(promised.length).toBeGreaterThan(10);
    expect(promised.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("the glossary has every path class, and no other", () => {
    const section = readText("docs/glossary.md").split("## Path classes")[1]?.split("\n## ")[0];
    const listed = [...(section ?? "").matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
    expect(listed).toEqual(PATH_CLASS_ORDER);
  });
});
