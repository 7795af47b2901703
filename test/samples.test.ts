/**
 * Goal: every sample shows what it says. Method: run each folder through the command line, compare the text, the report and the
 * picture byte for byte, and hold the report against sample.json, so that a wrong golden cannot be accepted by an update.
 */
import { existsSync, readdirSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Report, ReportConnection } from "../src/core/report/report.ts";
import { reportJsonSchema } from "../src/core/report/report-json-schema.ts";
import { runCli } from "./support/cli.ts";
import { ROOT, readText } from "./support/repository.ts";

interface Sample {
  readonly shows: string;
  /** Connections by path class; no other class may appear. */
  readonly classes: Readonly<Record<string, number>>;
  /** Findings by rule; no other rule may appear. */
  readonly findings: Readonly<Record<string, number>>;
  /** Every connection, as the kernel that carried it recorded it. */
  readonly connections: readonly SampleConnection[];
}

/** Ends are "address:port"; `nat` has "kind source destination" after each rewrite. */
interface SampleConnection {
  readonly protocol: string;
  readonly orig: string;
  readonly resp: string;
  readonly class: string;
  readonly confidence: string;
  readonly nat?: readonly string[];
  readonly client?: string;
}

const samples = readdirSync(`${ROOT}samples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

const validate = new Ajv2020({ allErrors: true }).compile(reportJsonSchema());

/** Goldens outlive versions. */
function withoutVersion(json: string): string {
  return json.replace(/("name": "podpath",\s*"version": )"[^"]*"/, '$1"(any)"');
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function endText({ address, port }: { address: string; port: number | null }): string {
  return `${address}:${port}`;
}

function summarise(connection: ReportConnection): SampleConnection {
  const { protocol, orig, resp, confidence, nat, client } = connection;
  const steps = nat.map(
    ({ kind, after }) => `${kind} ${endText(after.orig)} ${endText(after.resp)}`,
  );
  return {
    protocol,
    orig: endText(orig),
    resp: endText(resp),
    class: connection.class,
    confidence,
    ...(steps.length === 0 ? {} : { nat: steps }),
    ...(client === undefined ? {} : { client: endText(client) }),
  };
}

function byEnds(x: SampleConnection, y: SampleConnection): number {
  const [a, b] = [x, y].map((one) => `${one.protocol} ${one.orig} ${one.resp}`);
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

it("there are samples", () => {
  expect(samples).toContain("tour");
});

describe.each(samples)("sample %s", (name) => {
  const folder = `samples/${name}`;
  const golden = (file: string) => `../${folder}/${file}`;
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return stdout;
  };

  it("says how it was made", () => {
    expect(existsSync(`${ROOT}${folder}/README.md`)).toBe(true);
  });

  it("finds what sample.json says, in the published shape, with nothing left over", async () => {
    const sample: Sample = JSON.parse(readText(`${folder}/sample.json`));
    const report: Report = JSON.parse(await run("analyze", folder, "-o", "json"));
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(countBy([...report.connections].map((connection) => connection.class))).toEqual(
      sample.classes,
    );
    expect([...report.connections].map(summarise).sort(byEnds)).toEqual(
      [...sample.connections].sort(byEnds),
    );
    expect(countBy(report.findings.map(({ rule }) => rule))).toEqual(sample.findings);
    expect(report.accounting.balanced).toBe(true);
    expect(report.limits).toEqual([]);
  });

  it("gives the expected report, text and picture", async () => {
    const json = withoutVersion(await run("analyze", folder, "-o", "json"));
    await expect(json).toMatchFileSnapshot(golden("expected.report.json"));
    await expect(await run(folder)).toMatchFileSnapshot(golden("expected.txt"));
    const svg = await run("diagram", "topology", folder);
    await expect(svg).toMatchFileSnapshot(golden("expected.svg"));
  });
});
