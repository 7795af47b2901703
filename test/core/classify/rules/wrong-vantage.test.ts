// A pod that nobody can have seen is told as such, and only then: where doubt is left, the finding is silent.
import { describe, expect, test } from "vitest";
import { classify } from "../../../../src/core/classify/classify.ts";
import { buildOwnerIndex } from "../../../../src/core/cluster/owner-index.ts";
import { oneConnection, type Sighting } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const OUT = "10.0.1.11:4000 > 203.0.113.9:443";
const ON_N1: Sighting[] = [["n1/eth0", OUT, 63, 50]];

function asked(
  pods: readonly string[],
  sightings: readonly Sighting[] = ON_N1,
  everyCapturePlaced = true,
) {
  const seen = oneConnection(cluster(), sightings);
  const { snapshot, connections, vantagePoints } = seen;
  const question = { pods, vantagePoints, everyCapturePlaced };
  return classify(connections, snapshot, buildOwnerIndex(snapshot), { question }).findings.filter(
    ({ rule }) => rule.meta.id === "wrong-vantage",
  );
}

describe("wrong-vantage", () => {
  test("a pod of another node, asked about by name or by its beginning", () => {
    for (const name of ["default/api-c", "api"]) {
      const [found, ...more] = asked([name]);
      expect(more).toEqual([]);
      expect(found?.match).toMatchObject({
        level: "warning",
        connections: [],
        identity: "default/api-c",
      });
      expect(found?.match.message).toMatch(
        /^default\/api-c runs on n2; the captures were taken at n1,/,
      );
      expect(found?.match.advice).toMatch(/^Capture on n2: tcpdump -i any /);
    }
  });

  test("no pod was asked about, or one that nobody knows", () => {
    expect(asked([])).toEqual([]);
    expect(asked(["nobody"])).toEqual([]);
  });

  test("its own node was captured", () => {
    expect(asked(["web-a"])).toEqual([]);
    expect(asked(["api-c"], [["n2/eth0", OUT, 63, 50]])).toEqual([]);
  });

  test("it was seen from the other side", () => {
    expect(asked(["api-c"], [["n1/eth0", "10.0.1.11:4000 > 10.0.2.51:80", 63, 50]])).toEqual([]);
  });

  test("one of the pods that were asked about can be seen", () => {
    expect(asked(["default/api-c", "web"])).toEqual([]);
  });

  test("some capture may have been taken anywhere", () => {
    expect(asked(["api-c"], [["file", OUT, 63, 50]])).toEqual([]);
    expect(asked(["api-c"], ON_N1, false)).toEqual([]);
  });
});
