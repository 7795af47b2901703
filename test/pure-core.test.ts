/**
 * Goal: the browser and a worker thread will run the same core. Method: bundle src/core and run it inside a vm context that
 * has nothing but ECMAScript's own objects. What only some hosts offer (process, Buffer, TextDecoder, URL, timers) is not there,
 * not even where the compiler cannot see it: in the npm packages that the core uses.
 */
import vm from "node:vm";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { filesBelow, ROOT } from "./support/repository.ts";

/** One script that assigns the exports of `entry` to `core`. */
async function bundle(entry: string): Promise<string> {
  const build = await rolldown({
    input: "entry",
    platform: "neutral",
    resolve: { mainFields: ["module", "main"] },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? id : null),
        load: (id) => (id === "entry" ? entry : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "iife", name: "core" });
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  return output[0].code;
}

function runEmpty(code: string, expression: string): unknown {
  return vm.runInNewContext(`${code};\n${expression}`, Object.create(null), { timeout: 10_000 });
}

describe("the core in an empty context", () => {
  test("every module of it loads", async () => {
    const modules = filesBelow("src/core").filter(
      // The schema is for `podpath schema`; an analysis only takes types from it.
      (path) => path.endsWith(".ts") && !/report-(?:json-)?schema\.ts$/.test(path),
    );
    const entry = modules.map((path, i) => `export * as m${i} from "${ROOT}${path}";`).join("\n");
    expect(runEmpty(await bundle(entry), "Object.keys(core).length")).toBe(modules.length);
  });

  test.each([
    "process.pid",
    "Buffer.from([])",
    "new TextDecoder()",
    'new URL("a:b")',
    "setTimeout",
  ])("a planted module that needs %s does not load", async (what) => {
    const code = await bundle(`export const planted = ${what};`);
    expect(() => runEmpty(code, "core.planted")).toThrow(/is not defined/);
  });
});
