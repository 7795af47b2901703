/**
 * Goal: the layers of docs/architecture.md are those of the source. Method: read every import statement and look it up in
 * one table. The planted violations show that the reader of import statements sees what it must see.
 */
import { describe, expect, test } from "vitest";
import { importsOf, impurities, layerViolations } from "./support/layers.ts";
import { filesBelow, readText } from "./support/repository.ts";

const sources = filesBelow("src").filter((path) => path.endsWith(".ts"));

describe("layers", () => {
  test("the source is found", () => {
    expect(sources).toContain("src/core/limits.ts");
    expect(sources.length).toBeGreaterThan(15);
  });

  test("every import goes down", () => {
    const violations = sources.flatMap((path) => layerViolations(path.slice(4), readText(path)));
    expect(violations).toEqual([]);
  });

  test("the core asks no clock and throws no dice", () => {
    const core = sources.filter((path) => path.startsWith("src/core/"));
    expect(core.flatMap((path) => impurities(path, readText(path)))).toEqual([]);
  });

  test("bin reaches the program and nothing else", () => {
    for (const path of filesBelow("bin")) {
      const modules = importsOf(readText(path)).filter((name) => name.startsWith("."));
      expect(modules.filter((name) => name !== "./podpath.js")).toEqual([]);
    }
    expect(readText("bin/podpath.js")).toContain('"../dist/program/main.js"');
  });
});

describe("planted violations are seen", () => {
  test.each([
    ["a static import", 'import { x } from "../flow/flow-table.ts";'],
    ["a type-only import", 'import type { X } from "../flow/flow-table.ts";'],
    ["an import over several lines", 'import {\n  a,\n  type B,\n} from "../flow/flow-table.ts";'],
    ["a dynamic import", 'const flow = await import("../flow/flow-table.ts");'],
    ["an import type", 'let x: import("../flow/flow-table.ts").FlowTable;'],
    ["a bare import", 'import "../flow/flow-table.ts";'],
    ["a re-export", 'export { x } from "../flow/flow-table.ts";'],
  ])("wire reaching up to flow by %s", (_, source) => {
    expect(layerViolations("core/wire/vxlan.ts", source)).toEqual([
      "core/wire/vxlan.ts: wire may not import flow (../flow/flow-table.ts)",
    ]);
  });

  test.each([
    ["core/capture/pcap.ts", "../wire/packet-view.ts"],
    ["core/cluster/owner.ts", "../flow/flow-observation.ts"],
    ["core/report/build-report.ts", "../render/text.ts"],
    ["core/render/text.ts", "../classify/rule.ts"],
    ["core/diagnostics/diagnostic.ts", "../limits.ts"],
    ["core/analyze.ts", "./report/build-report.ts"],
    ["core/wire/vxlan.ts", "../../node/file-source.ts"],
    ["core/wire/vxlan.ts", "../../../bin/podpath.js"],
    ["core/wire/vxlan.ts", "node:fs"],
    ["core/flow/flow-table.ts", "ip-address"],
    ["core/classify/rules/nlb-ip.ts", "./nodeport.ts"],
    ["node/file-source.ts", "../cli/main.ts"],
    ["node/render-html.ts", "../web/report-page.ts"],
    ["web/report-page.ts", "../node/render-html.ts"],
    ["web/report-page.ts", "node:fs"],
    ["web/report-page.ts", "lit"],
    ["core/render/html/page.ts", "../../../web/report-page.ts"],
    ["core/render/html/page.ts", "../../classify/rule.ts"],
    ["cli/main.ts", "d3-node"],
  ])("%s importing %s", (path, specifier) => {
    expect(layerViolations(path, `import { x } from "${specifier}";`)).toHaveLength(1);
  });

  test.each([
    ["core/wire/vxlan.ts", "../address/ip-text.ts"],
    ["core/wire/vxlan.ts", "./ethernet.ts"],
    ["core/classify/rules/nlb-ip.ts", "../rule.ts"],
    ["core/classify/rule-list.ts", "./rules/nlb-ip.ts"],
    ["core/report/build-report.ts", "../analysis.ts"],
    ["node/file-source.ts", "node:fs"],
    ["web/report-page.ts", "../core/render/html/packed-rows.ts"],
    ["core/render/html/page.ts", "../../explain/explain.ts"],
    ["cli/main.ts", "../node/open-inputs.ts"],
  ])("but %s may import %s", (path, specifier) => {
    expect(layerViolations(path, `import { x } from "${specifier}";`)).toEqual([]);
  });

  test("a file in a folder of no layer", () => {
    expect(layerViolations("core/utils/strings.ts", "")).toHaveLength(1);
    expect(layerViolations("core/strings.ts", "")).toHaveLength(1);
    expect(layerViolations("plugins/strings.ts", "")).toHaveLength(1);
  });

  test("a module name in a comment is no import", () => {
    expect(importsOf('// import { x } from "../flow/x.ts";\n/* import "y"; */')).toEqual([]);
  });

  test.each(["Date.now()", "new Date()", "Math.random()"])("a core that calls %s", (call) => {
    expect(impurities("core/analyze.ts", `const x = ${call};`)).toHaveLength(1);
  });
});
