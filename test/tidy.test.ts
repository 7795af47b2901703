/**
 * Goal: what a reviewer would say about a file before reading it is said by a test. Method: rules about paths and texts
 * (support/tidy-rules.ts) over every file of the project; each rule is first shown something that it must refuse.
 */
import { describe, expect, test } from "vitest";
import { FINDING_RULES, PATH_RULES } from "../src/core/classify/rule-list.ts";
import { filesBelow, readText } from "./support/repository.ts";
import {
  decoderWithoutSpecification,
  decoderWithoutTest,
  diagnosticsOf,
  LONG_FILES,
  looseEnds,
  MAX_FILE_LINES,
  machineTraces,
  neverRaised,
  pileName,
  titles,
  tooLong,
} from "./support/tidy-rules.ts";

const paths = filesBelow("");
const texts = paths
  .filter((path) => /\.(?:ts|js|json|md|ya?ml)$|^\.[a-z]+$|^\.ci\//.test(path))
  .map((path) => [path, readText(path)] as const);
const inFolders = (...folders: string[]) =>
  texts.filter(([path]) => folders.some((folder) => path.startsWith(`${folder}/`)));
/** Captured by other programs, or written by ours: not prose of this project. */
const written = texts.filter(
  ([path]) => !/^samples\/.*\.(?:json|txt)$|\/golden\/|^package-lock/.test(path),
);

describe("every file", () => {
  test(`of code has at most ${MAX_FILE_LINES} lines`, () => {
    expect(texts.flatMap(([path, text]) => tooLong(path, text))).toEqual([]);
    expect(Object.keys(LONG_FILES).filter((path) => !paths.includes(path))).toEqual([]);
  });

  test("is named after what it holds", () => {
    expect(paths.flatMap(pileName)).toEqual([]);
  });

  test("is finished", () => {
    expect(written.flatMap(([path, text]) => looseEnds(path, text))).toEqual([]);
  });

  test("is free of traces of one machine", () => {
    expect(texts.flatMap(([path, text]) => machineTraces(path, text))).toEqual([]);
  });

  test("of documentation has one title", () => {
    expect(texts.flatMap(([path, text]) => titles(path, text))).toEqual([]);
  });
});

describe("every decoder", () => {
  test("names the document that it follows", () => {
    const wire = inFolders("src/core/wire");
    expect(wire.flatMap(([path, text]) => decoderWithoutSpecification(path, text))).toEqual([]);
  });

  test("has a test beside its place", () => {
    const all = new Set(paths);
    const wire = inFolders("src/core/wire");
    expect(wire.flatMap(([path, text]) => decoderWithoutTest(path, text, all))).toEqual([]);
  });
});

describe("every diagnostic code", () => {
  const declared = inFolders("src").flatMap(([, text]) => diagnosticsOf(text));

  test("is declared once", () => {
    const codes = declared.map(({ code }) => code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  test("is raised by some test", () => {
    const tests = inFolders("test", "samples").filter(([path]) => path !== "test/tidy.test.ts");
    expect(
      neverRaised(
        declared,
        tests.map(([, text]) => text),
      ),
    ).toEqual([]);
  });
});

describe("every rule", () => {
  const listed = [...PATH_RULES, ...FINDING_RULES].map(({ meta }) => meta);
  const files = inFolders("src/core/classify/rules").map(([path]) =>
    path.replace(/^.*\/|\.ts$/g, ""),
  );

  test("is in the list once and has a file of its name", () => {
    expect(listed.map(({ id }) => id).sort()).toEqual(files.sort());
  });

  test.each(listed)("$id says everything a reader of a verdict will ask", (meta) => {
    const { id, sources, ...texts } = meta;
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    for (const text of Object.values(texts)) expect(text.length).toBeGreaterThan(5);
    expect(sources.length).toBeGreaterThan(0);
    expect(meta.why).toMatch(/[.?]$/);
    expect(meta.proves).toMatch(/[.?]$/);
    expect(meta.doesNotProve).toMatch(/[.?]$/);
  });

  test("is shown by a test of rules or by a sample", () => {
    const shown = inFolders("test/core/classify", "samples");
    const never = listed.filter(
      ({ id }) =>
        !shown.some(
          ([path, text]) => path.includes(`/${id}.`) || new RegExp(`["'\`]${id}["'\`]`).test(text),
        ),
    );
    expect(never.map(({ id }) => id)).toEqual([]);
  });
});

describe("planted violations are seen", () => {
  const lines = (count: number) => "x\n".repeat(count);
  const todo = ["TO", "DO"].join("");

  test("a file of 401 lines, but not one of 400", () => {
    expect(tooLong("src/core/flow/a.ts", lines(401))).toHaveLength(1);
    expect(tooLong("src/core/flow/a.ts", lines(400))).toEqual([]);
    expect(tooLong("docs/a.md", lines(401))).toEqual([]);
  });

  test.each(["src/core/utils/a.ts", "src/core/flow/index.ts", "src/cli/types.ts", "test/misc.ts"])(
    "the name %s",
    (path) => {
      expect(pileName(path)).toHaveLength(1);
    },
  );
  test.each(["src/core/capture/capture-info.ts", "docs/index.md", "src/core/limits.ts"])(
    "but not the name %s",
    (path) => {
      expect(pileName(path)).toEqual([]);
    },
  );

  test("unfinished work", () => {
    expect(looseEnds("a.ts", `ok\n// ${todo}: later`)).toEqual([
      `a.ts:2: ${todo}: finish it or say in docs/ what is missing`,
    ]);
  });

  test.each([
    ["docs/a.md", ["see /ho", "me/kim/captures"].join("")],
    ["src/node/a.ts", ["/wo", "rk/shared/lab"].join("")],
    ["package-lock.json", '      "resolved": "https://npm.example.com/a/-/a-1.0.0.tgz",'],
    [".npmrc", "registry=https://npm.example.com/"],
  ])("a trace of one machine in %s", (path, text) => {
    expect(machineTraces(path, text)).toHaveLength(1);
  });
  test("but npm's own host may be named", () => {
    const line = '"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"';
    expect(machineTraces("package-lock.json", line)).toEqual([]);
  });

  test("a decoder without a source, and one without a test", () => {
    const path = "src/core/wire/vxlan.ts";
    const source = "export function decodeVxlan() {}";
    expect(decoderWithoutSpecification(path, source)).toHaveLength(1);
    expect(decoderWithoutSpecification(path, `// RFC 7348\n${source}`)).toEqual([]);
    expect(decoderWithoutTest(path, source, new Set())).toHaveLength(1);
    expect(decoderWithoutTest(path, source, new Set(["test/core/wire/vxlan.test.ts"]))).toEqual([]);
    expect(
      decoderWithoutTest("src/core/wire/ether-type.ts", "export const A = 1;", new Set()),
    ).toEqual([]);
  });

  test("a document with no title, with two, or with a late one", () => {
    expect(titles("docs/a.md", "text\n")).toHaveLength(1);
    expect(titles("docs/a.md", "# a\n# b\n")).toHaveLength(1);
    expect(titles("docs/a.md", "text\n# a\n")).toHaveLength(1);
    expect(titles("docs/a.md", "# a\n\n```sh\n# a comment\n```\n")).toEqual([]);
  });

  test("a diagnostic that no test names", () => {
    const declared = diagnosticsOf(
      'export const CUT: DiagnosticKind = {\n  code: "a.cut",\n};\nconst KINDS = { odd: { code: "a.odd" } };',
    );
    expect(declared).toEqual([
      { code: "a.cut", constant: "CUT" },
      { code: "a.odd", constant: null },
    ]);
    expect(neverRaised(declared, ['"a.cut-off"', '"a.od"'])).toEqual(["a.cut", "a.odd"]);
    expect(neverRaised(declared, ["raises(CUT)", '"a.odd"'])).toEqual([]);
  });
});
