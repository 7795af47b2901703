import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { listDirectory, reasonToIgnore } from "../../src/node/directory-listing.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function list(root: string) {
  const log = new DiagnosticLog();
  return { ...listDirectory(root, "given", log), diagnostics: log.list() };
}

describe("listDirectory", () => {
  it("sorts by code units, so that no locale changes the order", () => {
    const root = temporaryDirectory({ b: "", B: "", a10: "", a9: "", é: "", "c/x": "" });
    expect(list(root).files.map(({ relative }) => relative)).toEqual([
      ...["B", "a10", "a9", "b", "c/x", "é"],
    ]);
  });

  it("names a file that cannot be read and lists the others", () => {
    const root = temporaryDirectory({ good: "x" });
    symlinkSync(join(root, "gone"), join(root, "broken"));
    const { files, ignored, diagnostics } = list(root);
    expect(files.map(({ relative }) => relative)).toEqual(["good"]);
    expect(ignored).toEqual([{ file: "broken", reason: "cannot be read" }]);
    expect(diagnostics).toMatchObject([
      { code: "input.not-readable", first: { file: "given" }, count: 1 },
    ]);
  });

  it("goes 16 directories deep and says what lies deeper", () => {
    const deep = (levels: number) => `${"d/".repeat(levels)}file`;
    const root = temporaryDirectory({ [deep(16)]: "x", [`e/${deep(16)}`]: "x" });
    const { files, diagnostics } = list(root);
    expect(files.map(({ relative }) => relative)).toEqual([deep(16)]);
    expect(diagnostics).toMatchObject([{ code: "input.file-limit", count: 1 }]);
  });

  it("throws an InputError when the directory itself cannot be read", () => {
    expect(() => list(join(temporaryDirectory(), "none"))).toThrow("given: no such file");
  });
});

describe("reasonToIgnore", () => {
  it.each([
    "README",
    "README.md",
    "a/readme.txt",
    "LICENSE",
    "a/truth.json",
    "captures.json",
    ".x",
  ])("has one for %s", (path) => {
    expect(reasonToIgnore(path)).not.toBeNull();
  });

  it.each([
    "pods.json",
    "a.pcap",
    "readmes.json",
    "snapshot/truth.json.txt",
    "license-server.pcap",
  ])("has none for %s", (path) => {
    expect(reasonToIgnore(path)).toBeNull();
  });
});
