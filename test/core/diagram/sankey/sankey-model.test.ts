import { describe, expect, it } from "vitest";
import { buildSankeyModel } from "../../../../src/core/diagram/sankey/sankey-model.ts";
import {
  clusterReport,
  connectionOf,
  findingOf,
  HUGE,
  partyOf,
  podParty,
  reportOf,
} from "../../../support/report.ts";

const OUTSIDE = partyOf("external", "203.0.113.9");

describe("traffic flows", () => {
  it("sum by workload, class and who answers; a pod without a workload stands for itself", () => {
    const web = { workload: "Deployment/web" };
    const report = reportOf({
      connections: [
        connectionOf("c1", "snat-egress", podParty("web-1", "10.0.0.1", "n1", web), OUTSIDE),
        connectionOf("c2", "snat-egress", podParty("web-2", "10.0.0.2", "n2", web), OUTSIDE),
        connectionOf("c3", "direct-egress", podParty("alone", "10.0.0.3", "n1"), OUTSIDE),
      ],
    });
    const model = buildSankeyModel(report, "bytes");
    expect(
      model.from.map(({ name, detail, value, connections }) => [name, detail, value, connections]),
    ).toEqual([
      ["default/web", "Deployment", 182_000, 2],
      ["default/alone", "pod", 91_000, 1],
    ]);
    expect(model.to).toMatchObject([{ name: "Internet", value: 273_000, connections: 3 }]);
    expect(model.classes.map(({ id }) => id)).toEqual(["snat-egress", "direct-egress"]);
    expect(buildSankeyModel(report, "connections").value).toBe(3);
  });

  it.each(["bytes", "connections"] as const)(
    "lose nothing to folding, counted by %s",
    (measure) => {
      const report = clusterReport(HUGE);
      const model = buildSankeyModel(report, measure);
      const all = [...report.connections];
      const sum =
        measure === "connections"
          ? all.length
          : all.reduce((s, { bytes }) => s + bytes.orig + bytes.resp, 0);
      for (const list of [model.from, model.to, model.classes, model.outgoing, model.incoming]) {
        expect(list.reduce((total, { value }) => total + value, 0)).toBe(sum);
      }
      const others = model.from.find(({ folded }) => folded > 0);
      expect(model.from.length - 1 + (others?.folded ?? 0)).toBe(model.ends.from);
    },
  );

  it("fold what has findings last", () => {
    const connections = Array.from({ length: 40 }, (_, i) =>
      connectionOf(`c${i}`, "snat-egress", podParty(`p${i}`, `10.0.0.${i}`, "n1"), OUTSIDE, {
        bytes: { orig: 1000 - i, resp: 0 },
      }),
    );
    const findings = [findingOf("f1", "tcp-reset", "error", ["c39"])];
    const { from, outgoing } = buildSankeyModel(reportOf({ connections, findings }), "bytes");
    expect(from.map(({ name }) => name)).toContain("default/p39");
    expect(outgoing.filter(({ found }) => found > 0).map(({ end }) => end)).toEqual([
      "pod/default/p39",
    ]);
  });
});
