/**
 * Goal: a guard that passes in silence is no guard (a boundary checker once reported "no violations" here because it had
 * read no file at all). Method: plant what each guard must refuse in a small project of its own, with the real
 * configuration, run the real tool, and see it fail; beside it stands the allowed twin that must pass.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAY_IMPORT } from "./support/layers.ts";
import { ROOT, readText } from "./support/repository.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-guards-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a small project and gives its folder. */
function plant(name: string, files: Readonly<Record<string, string>>): string {
  const project = join(folder, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  return project;
}

/** Runs a tool of node_modules in the project; output and status are for the test to judge. */
function run(script: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules", script), ...args],
    { cwd, encoding: "utf8", env: { PATH: process.env.PATH, NO_COLOR: "1" } },
  );
  return { status, stdout, stderr };
}

interface BiomeDiagnostic {
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

/** The diagnostics of `biome lint` with the project's own rules; version control is switched off, as there is none. */
function lint(name: string, files: Readonly<Record<string, string>>): BiomeDiagnostic[] {
  const { $schema: _, ...config } = JSON.parse(readText("biome.json"));
  const project = plant(name, {
    ...files,
    "biome.json": JSON.stringify({ ...config, vcs: { enabled: false } }),
  });
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "src"];
  const { stdout, stderr } = run("@biomejs/biome/bin/biome", args, project);
  expect(stdout, stderr).toContain('"diagnostics"');
  return JSON.parse(stdout).diagnostics;
}

/** One file of a layer, and how a sibling imports something of it. */
const PLACE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(MAY_IMPORT).map((layer) => {
    if (layer === "limits") return [layer, "core/limits.ts"];
    if (layer === "analysis") return [layer, "core/analysis.ts"];
    return [
      layer,
      layer in { node: 1, cli: 1, web: 1 } ? `${layer}/planted.ts` : `core/${layer}/planted.ts`,
    ];
  }),
);

function specifier(from: string, to: string): string {
  const up = from.split("/").length - 1;
  const [top, ...rest] = to.split("/");
  if (top === "core" && from.startsWith("core/") && up === 1) return `./${rest.join("/")}`;
  if (top === "core" && from.startsWith("core/")) return `../${rest.join("/")}`;
  return `${"../".repeat(up)}${to}`;
}

describe("Biome holds the layers", () => {
  test("it refuses exactly the imports that the table refuses, every layer against every other", () => {
    const files: Record<string, string> = {};
    const refused: string[] = [];
    const layers = Object.keys(PLACE);
    for (const layer of layers) {
      const path = PLACE[layer]!;
      const lines = layers
        .filter((other) => other !== layer)
        .map((other) => `import "${specifier(path, PLACE[other]!)}";`);
      files[`src/${path}`] = `${lines.join("\n")}\n`;
      const others = layers.filter((other) => other !== layer);
      others.forEach((other, line) => {
        if (!MAY_IMPORT[layer]!.includes(other)) refused.push(`src/${path}:${line + 1} ${other}`);
      });
    }
    const seen = lint("layers", files)
      .filter(({ category }) => category === "lint/style/noRestrictedImports")
      .map(({ location, message }) => {
        expect(message).toMatch(/^Layers: /);
        const layer = layers.find((name) => `src/${PLACE[name]}` === location.path)!;
        const other = layers.filter((name) => name !== layer)[location.start.line - 1];
        return `${location.path}:${location.start.line} ${other}`;
      });
    expect(refused.length).toBeGreaterThan(100);
    expect(seen.sort()).toEqual(refused.sort());
  });

  test("rules do not import rules, but everything that classify may", () => {
    const found = lint("rules", {
      "src/core/classify/rules/nlb-ip.ts": [
        'import "./nodeport.ts";',
        'import "../../report/report.ts";',
        'import "../../../node/file-source.ts";',
        'import "../rule.ts";',
        'import "../../cluster/owner.ts";',
        'import "../../limits.ts";',
      ].join("\n"),
    });
    expect(found.map(({ location }) => location.start.line)).toEqual([1, 2, 3]);
  });
});

describe("Biome holds the folders below a layer", () => {
  test("the HTML renderer sees only the report, as the other renderers do", () => {
    const found = lint("render-html", {
      "src/core/render/html/page.ts": [
        'import "../../classify/rule.ts";',
        'import "../../analysis.ts";',
        'import "../../../node/file-source.ts";',
        'import "../../../web/report-page.ts";',
        'import "../text-layout.ts";',
        'import "./markup.ts";',
        'import "../../report/report.ts";',
        'import "../../diagram/palette.ts";',
        'import "../../limits.ts";',
      ].join("\n"),
    });
    expect(found.map(({ location }) => location.start.line)).toEqual([1, 2, 3, 4]);
  });

  test("a page knows no Node", () => {
    const found = lint("web", {
      "src/web/report-page.ts": 'import "node:fs";\nimport "../core/limits.ts";\nprocess.exit();\n',
    });
    const lines = found.map(({ category, location }) => `${category} ${location.start.line}`);
    expect(lines).toContain("lint/correctness/noNodejsModules 1");
    expect(lines).toContain("lint/correctness/noProcessGlobal 3");
  });
});

describe("Biome refuses", () => {
  const lines = (count: number) => "  f();\n".repeat(count);
  const branches = "  if (a) if (b) if (c) if (d) if (e) if (f) if (g) if (h) return;\n";
  test.each([
    ["a Node module in the core", "correctness/noNodejsModules", 'import "node:fs";'],
    ["process in the core", "correctness/noProcessGlobal", "export const a = process.pid;"],
    ["console", "suspicious/noConsole", 'console.log("x");'],
    ["an enum", "style/noEnum", "export enum A { B }"],
    ["a barrel file", "performance/noBarrelFile", 'export { a } from "./a.ts";'],
    ["export *", "performance/noReExportAll", 'export * from "./a.ts";'],
    ["any", "suspicious/noExplicitAny", "export const a: any = 1;"],
    ["a skipped test", "suspicious/noSkippedTests", 'test.skip("x", () => {});'],
    ["a focused test", "suspicious/noFocusedTests", 'test.only("x", () => {});'],
    [
      "a function of 71 lines",
      "complexity/noExcessiveLinesPerFunction",
      `export function a() {\n${lines(71)}}`,
    ],
    [
      "a function with too many nested decisions",
      "complexity/noExcessiveCognitiveComplexity",
      `export function h() {\n${branches}}`,
    ],
  ])("%s", (_, rule, source) => {
    const found = lint(rule, { "src/core/report/planted.ts": `${source}\n` });
    expect(found.map(({ category }) => category)).toContain(`lint/${rule}`);
  });

  test("the non-null operator, except where typed arrays are read in loops", () => {
    const source = "export const a = (b: Uint32Array) => b[0]!;\n";
    const found = lint("non-null", {
      "src/core/report/planted.ts": source,
      "src/core/flow/planted.ts": source,
    });
    expect(found.map(({ category, location }) => [category, location.path])).toEqual([
      ["lint/style/noNonNullAssertion", "src/core/report/planted.ts"],
    ]);
  });

  test("an import cycle", () => {
    const found = lint("cycle", {
      "src/core/flow/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\n',
      "src/core/flow/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;\n',
    });
    expect(found.map(({ category }) => category)).toEqual([
      "lint/suspicious/noImportCycles",
      "lint/suspicious/noImportCycles",
    ]);
  });
});

describe("the compiler keeps the core pure", () => {
  /** Line by line: what a browser worker or an empty context does not have, or what only Node has. */
  const IMPURE = [
    'import "node:fs";',
    "export const a = process.pid;",
    "export const b = Buffer.alloc(1);",
    "console.log(1);",
    "setTimeout(() => 1, 1);",
    "export const c = new TextDecoder();",
    "export const d = performance.now();",
    "export const e = fetch;",
    "export const f = document;",
    'export const g = new URL("x:y");',
    "export const h = __dirname;",
    "export const i = structuredClone(1);",
    "export const j = crypto;",
  ];

  /** The core's own compiler options over one planted file; the lines with an error, in order. */
  function erroneousLines(name: string, source: string): number[] {
    const project = plant(name, {
      "package.json": '{ "type": "module" }',
      "planted.ts": source,
      "tsconfig.json": JSON.stringify({
        extends: join(ROOT, "src/core/tsconfig.json"),
        compilerOptions: { composite: false, noEmit: true, rootDir: ".", tsBuildInfoFile: null },
        include: ["planted.ts"],
      }),
    });
    const { stdout } = run("typescript/bin/tsc", ["-p", ".", "--pretty", "false"], project);
    const lines = [...stdout.matchAll(/^planted\.ts\((\d+),/gm)].map((match) => Number(match[1]));
    return [...new Set(lines)];
  }

  test("everything that only some hosts have is an error", () => {
    const lines = erroneousLines("impure", IMPURE.join("\n"));
    expect(lines).toEqual(IMPURE.map((_, index) => index + 1));
  });

  test("what ECMAScript itself has is not", () => {
    const source = "export const a = new DataView(new ArrayBuffer(8)).getBigUint64(0);\n";
    expect(erroneousLines("pure", source)).toEqual([]);
  });

  test("an index that may be missing and an optional that is set to undefined are errors", () => {
    const source = [
      "export const a = (b: number[]): number => b[0];",
      "export const c: { d?: number } = { d: undefined };",
      "export enum E { F }",
    ].join("\n");
    expect(erroneousLines("strict", source)).toEqual([1, 2, 3]);
  });
});

describe("knip finds dead code", () => {
  test("a file nobody imports, an export nobody uses and a dependency nobody needs", () => {
    const project = plant("knip", {
      "knip.json": readText("knip.json"),
      "package.json": JSON.stringify({
        name: "planted",
        type: "module",
        dependencies: { "left-over": "1.0.0" },
      }),
      "src/cli/main.ts":
        'import { used } from "../core/used.ts";\nexport const main = () => used;\n',
      "src/core/used.ts": "export const used = 1;\nexport const unusedExport = 2;\n",
      "src/core/unused-file.ts": "export const a = 1;\n",
    });
    const { status, stdout } = run("knip/bin/knip.js", ["--reporter", "json"], project);
    const { issues } = JSON.parse(stdout);
    const of = (file: string) => issues.find((issue: { file: string }) => issue.file === file);
    expect(status).not.toBe(0);
    expect(of("src/core/unused-file.ts").files).toHaveLength(1);
    expect(of("src/core/used.ts").exports.map((e: { name: string }) => e.name)).toEqual([
      "unusedExport",
    ]);
    expect(of("package.json").dependencies).toHaveLength(1);
    expect(of("src/cli/main.ts")).toBeUndefined();
  });
});
