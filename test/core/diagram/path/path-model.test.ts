import { describe, expect, it } from "vitest";
import { buildPathModel } from "../../../../src/core/diagram/path/path-model.ts";
import { numberedPlace } from "../../../../src/core/diagram/path/path-text.ts";
import type { Report } from "../../../../src/core/report/report.ts";
import { readText } from "../../../support/repository.ts";

function modelOf(sample: string, id: string, limit?: number) {
  const report = JSON.parse(readText(`samples/${sample}/expected.report.json`)) as Report;
  const connection = [...report.connections].find((one) => one.id === id);
  if (connection === undefined) throw new Error(`no ${id}`);
  return { report, connection, model: buildPathModel(report, connection, limit) };
}

describe("a packet path", () => {
  it("is a chain of ends, places and rewrites; only what was captured or proven is seen", () => {
    const { model } = modelOf("nlb-instance", "conn-1");
    expect(model.stops.map(({ kind }) => kind)).toEqual([
      "end",
      "seen",
      "rewrite",
      "seen",
      "seen",
      "seen",
      "end",
    ]);
    expect(model.links.map(({ seen }) => seen)).toEqual([false, true, true, true, true, true]);
    expect(model.links.map(({ hop }) => hop !== null)).toEqual([
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it("has one place for several captures of one interface", () => {
    const { report, connection } = modelOf("snat-egress", "conn-1");
    const [first, second] = connection.observations;
    if (first === undefined || second === undefined) throw new Error("two places");
    const [point] = report.vantagePoints;
    if (point === undefined) throw new Error("no point");
    const again = { ...point, id: "again", capture: "c9" };
    const doubled = {
      ...connection,
      observations: [first, { ...first, vantagePoint: "again" }, second],
    };
    const more = { ...report, vantagePoints: [...report.vantagePoints, again] };
    const { stops } = buildPathModel(more, doubled);
    const places = stops.flatMap((stop) => (stop.kind === "seen" ? [numberedPlace(stop)] : []));
    expect(places).toEqual(["1-2. enic4e6f1dba14", "3. eth0"]);
  });

  it("folds the middle of a long chain and says how much", () => {
    const { model } = modelOf("nlb-instance", "conn-1", 2);
    expect(model.stops.map(({ kind }) => kind)).toEqual(["end", "seen", "folded", "seen", "end"]);
    expect(model.stops[2]).toMatchObject({ places: 3 });
    expect(model.links.map(({ seen }) => seen)).toEqual([false, false, false, true]);
  });
});
