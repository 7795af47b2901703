/**
 * Goal: no picture has what an eye would object to, whatever the report. Method: every kind of picture of reports of every size
 * and of connections of any shape, put to the questions of picture-faults.ts; each question is seen to find a planted fault.
 */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIAGRAMS, type DiagramId, layOutDiagram } from "../../../src/core/diagram/diagram.ts";
import type { Scene } from "../../../src/core/diagram/scene.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { anyConnection } from "../../support/connection-arbitrary.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import {
  boxesOnBoxes,
  linesThroughBoxes,
  linesThroughTexts,
  longNumbers,
  outside,
  overEdges,
  passes,
  pictureFaults,
  sameIds,
  weakContrasts,
  wrongGrounds,
} from "../../support/picture-faults.ts";
import {
  BIG,
  clusterReport,
  HUGE,
  MEDIUM,
  reportOf,
  SMALL,
  shuffled,
} from "../../support/report.ts";
import { readText } from "../../support/repository.ts";

/** The traffic map has tests of its own (topology-layout.test.ts): its lines carry texts. */
const REPORT_KINDS: readonly DiagramId[] = ["sankey", "timeline"];
const WALKED: readonly DiagramId[] = ["topology", ...REPORT_KINDS];
const CONNECTION_KINDS: readonly DiagramId[] = ["path", "ladder"];

it("there is a test for every kind", () => {
  const kinds = DIAGRAMS.map(({ id }) => id).sort();
  expect(kinds).toEqual([...REPORT_KINDS, ...CONNECTION_KINDS, "topology"].sort());
});

const SAMPLES = readdirSync("samples", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function sampleReport(name: string): Report {
  return JSON.parse(readText(`samples/${name}/expected.report.json`)) as Report;
}

const RICH = buildReport(richAnalysis(), { ...META, keyPackets: true });

const REPORTS: readonly (readonly [string, () => Report])[] = [
  ["an empty report", () => reportOf({})],
  ["a report with one of everything", () => buildReport(richAnalysis(), META)],
  ["two nodes and five pods", () => clusterReport(SMALL)],
  ["four nodes and forty pods", () => clusterReport(MEDIUM)],
  ["twenty nodes and 400 pods", () => clusterReport(BIG)],
  ["200 nodes and 10,000 pods", () => clusterReport(HUGE)],
  ...SAMPLES.map((name) => [`the sample ${name}`, () => sampleReport(name)] as const),
];

describe.each(REPORT_KINDS)("the %s", (kind) => {
  it.each(REPORTS)("of %s has no fault", (_, make) => {
    const report = make();
    expect(pictureFaults(layOutDiagram(kind, report))).toEqual([]);
    expect(pictureFaults(layOutDiagram(kind, report, { measure: "connections" }))).toEqual([]);
  });

  it("is the same whatever the order of the connections", () => {
    for (const size of [MEDIUM, BIG]) {
      const report = clusterReport(size);
      const other = { ...report, connections: shuffled([...report.connections], 7) };
      expect(layOutDiagram(kind, other)).toEqual(layOutDiagram(kind, report));
    }
  });
});

it.each(WALKED)("the %s walks the connections once", (kind) => {
  const report = clusterReport(MEDIUM);
  let walks = 0;
  const all = [...report.connections];
  const connections = {
    length: all.length,
    at: (index: number) => all[index],
    *[Symbol.iterator]() {
      walks += 1;
      yield* all;
    },
  };
  layOutDiagram(kind, { ...report, connections });
  expect(walks).toBe(1);
});

describe.each(CONNECTION_KINDS)("the %s", (kind) => {
  it.each([
    ...SAMPLES.map((name) => [name, () => sampleReport(name)] as const),
    ["with one of everything", () => RICH] as const,
  ])("of every connection of the sample %s has no fault", (_, make) => {
    const report = make();
    for (const connection of report.connections) {
      expect(pictureFaults(layOutDiagram(kind, report, { connection })), connection.id).toEqual([]);
    }
  });

  it("of any connection has no fault", () => {
    fc.assert(
      fc.property(anyConnection, ({ report, connection }) => {
        expect(pictureFaults(layOutDiagram(kind, report, { connection }))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("without a connection says how to name one", () => {
    const scene = layOutDiagram(kind, clusterReport(SMALL));
    expect(scene.labels.map(({ text }) => text).join(" ")).toMatch(/Name one by its id/);
    expect(pictureFaults(scene)).toEqual([]);
  });
});

describe("every picture", () => {
  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text.slice(0, 40)), text]))(
    "with the name %s has no fault",
    (_, text) => {
      const report = hostileReport(RICH, text);
      const connection = report.connections.at(0);
      for (const { id } of DIAGRAMS) {
        const options = connection === undefined ? {} : { connection };
        const scene = layOutDiagram(id, report, options);
        if (id !== "topology") expect(pictureFaults(scene), id).toEqual([]);
      }
    },
  );

  it("says in words what it shows, and names nothing 'undefined'", () => {
    for (const { id } of DIAGRAMS) {
      for (const connection of RICH.connections) {
        const scene = layOutDiagram(id, RICH, { connection });
        expect(scene.title.length).toBeGreaterThan(0);
        expect(scene.description.length).toBeGreaterThan(20);
        expect(JSON.stringify(scene)).not.toMatch(/undefined|NaN|\[object|u\{a\}/);
      }
    }
  });
});

describe("the questions", () => {
  const report = sampleReport("tour");
  const connection = report.connections.at(0);
  const scene = layOutDiagram("path", report, connection === undefined ? {} : { connection });

  function moved(change: Partial<Scene>): Scene {
    return { ...scene, ...change };
  }
  const place = scene.boxes.find(({ role }) => role === "place");
  const edge = scene.nets[0]?.edges[0];

  it("find what is planted", () => {
    if (place === undefined || edge === undefined) throw new Error("no place, no edge");
    const far = { ...place, id: "far", x: scene.width - 5 };
    expect(outside(moved({ boxes: [...scene.boxes, far] }))).not.toEqual([]);
    const on = { ...place, id: "other", y: place.y + 5 };
    expect(boxesOnBoxes(moved({ boxes: [...scene.boxes, on] }))).not.toEqual([]);
    expect(sameIds(moved({ boxes: [...scene.boxes, place] }))).not.toEqual([]);
    const label = scene.labels.find((one) => one.on === "place" && one.anchor === "start");
    if (label === undefined) throw new Error("no label");
    const out = { ...label, x: place.x - 10, y: place.y + 20 };
    expect(overEdges(moved({ labels: [out] }))).not.toEqual([]);
    expect(wrongGrounds(moved({ labels: [{ ...label, on: "rewrite" }] }))).not.toEqual([]);
    expect(weakContrasts(moved({ labels: [{ ...label, colour: "border" }] }))).not.toEqual([]);
    const through = {
      ...edge,
      points: [
        { x: place.x - 5, y: place.y + 15 },
        { x: place.x + place.width + 5, y: place.y + 40 },
      ],
    };
    const nets = [{ opacity: 1, edges: [through] }];
    expect(linesThroughBoxes(moved({ nets }))).not.toEqual([]);
    expect(linesThroughTexts(moved({ nets, labels: scene.labels }))).not.toEqual([]);
    expect(longNumbers(moved({ width: 1.23456 }))).not.toEqual([]);
  });

  it("know a line that passes a box from one that touches it", () => {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    expect(passes({ x: -5, y: -5 }, { x: 15, y: 15 }, box)).toBe(true);
    expect(passes({ x: -5, y: 3 }, { x: 5, y: 3 }, box)).toBe(true);
    expect(passes({ x: 10, y: -5 }, { x: 10, y: 15 }, box)).toBe(false);
    expect(passes({ x: -5, y: 3 }, { x: 0, y: 3 }, box)).toBe(false);
    expect(passes({ x: 11, y: 0 }, { x: 20, y: 10 }, box)).toBe(false);
  });
});
