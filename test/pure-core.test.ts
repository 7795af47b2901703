/**
 * Goal: the browser and a worker thread will run the same core. Method: bundle src/core and run it inside a vm context that
 * has nothing but ECMAScript's own objects, then compare with the same run in here. What only some hosts offer (process,
 * Buffer, TextDecoder, URL, timers) is not there, not even where the compiler cannot see it: in the packages the core uses.
 */
import vm from "node:vm";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { analyze } from "../src/core/analyze.ts";
import { buildReport } from "../src/core/report/build-report.ts";
import { pcapFile } from "./support/capture.ts";
import { ethernet } from "./support/packet.ts";
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

function runEmpty(code: string, expression: string, globals: object = {}): unknown {
  const context = Object.assign(Object.create(null), globals);
  return vm.runInNewContext(`${code};\n${expression}`, context, { timeout: 10_000 });
}

const TOOL = { name: "podpath", version: "0" };
const SNAPSHOT = {
  file: "pods.json",
  text: JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { namespace: "default", name: "web-0" },
        spec: { nodeName: "n1" },
        status: { phase: "Running", podIP: "10.0.1.11" },
      },
    ],
  }),
};

/** A lookup from a pod to the outside and its answer. */
function capture(): Uint8Array {
  const pod = "10.0.1.11";
  const outside = "203.0.113.10";
  return pcapFile([
    ethernet().ipv4({ src: pod, dst: outside }).udp({ srcPort: 40_000, dstPort: 53 }),
    ethernet().ipv4({ src: outside, dst: pod }).udp({ srcPort: 53, dstPort: 40_000 }),
  ]);
}

/** A file that is given in two pieces. */
function sourceOf(bytes: Uint8Array) {
  let given = 0;
  return {
    readInto(target: Uint8Array): number {
      const piece = bytes.subarray(given, given + Math.min(target.length, 70));
      target.set(piece);
      given += piece.length;
      return piece.length;
    },
  };
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

  test("an analysis there gives the report that it gives here", async () => {
    const job = () => ({ file: "a.pcap", label: null, source: sourceOf(capture()) });
    const meta = { tool: TOOL, inputs: [] };
    const here = JSON.stringify(buildReport(await analyze([job()], [SNAPSHOT]), meta));

    const code = await bundle(
      `export { analyze } from "${ROOT}src/core/analyze.ts";
       export { buildReport } from "${ROOT}src/core/report/build-report.ts";`,
    );
    const there = await runEmpty(
      code,
      "core.analyze([job], [snapshot]).then((a) => JSON.stringify(core.buildReport(a, meta)))",
      { job: job(), snapshot: SNAPSHOT, meta },
    );
    expect(there).toBe(here);
    const report = JSON.parse(here);
    expect(report.accounting).toMatchObject({ records: 2, inConnections: 2, balanced: true });
    expect(report.connections).toHaveLength(1);
    expect(report.connections[0].orig).toMatchObject({ namespace: "default", name: "web-0" });
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
