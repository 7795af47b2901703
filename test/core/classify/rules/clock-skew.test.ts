/** Goal: clocks that clearly differ are a note with size, direction and proof; clocks that may be right are left alone. */
import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";

/** One conversation at both nodes; n2's clock is `skew` ms ahead and packets take `delay` ms each way. */
function notes(skew: number, delay = 0.1) {
  const seen = new Sightings(cluster());
  const answer = (atMs: number) => synAck(900, { firstRecord: 2, atMs });
  seen.see(seen.at("n1/eth0"), FLOW, syn(100, { atMs: 0 }), answer(2 * delay + 1));
  seen.see(seen.at("n2/eth0"), FLOW, syn(100, { atMs: delay + skew }), answer(delay + 1 + skew));
  return seen.classify().findings.filter(({ rule }) => rule.meta.id === "clock-skew");
}

describe("clock-skew", () => {
  test.each([
    [-250, "clock of n2 is 250.000 ms behind that of n1 (± 0.101 ms, by 1 conversation)"],
    [1500.25, "clock of n2 is 1500.250 ms ahead of that of n1"],
  ])("%d ms: a note with the size, the direction and the packets", (skew, words) => {
    const [only, ...more] = notes(skew);
    expect(more).toEqual([]);
    expect(only?.match).toMatchObject({ level: "note", connections: [] });
    expect(only?.match.message).toContain(words);
    expect(only?.match.evidence[0]?.packets).toEqual([
      { capture: 0, record: 1 },
      { capture: 1, record: 1 },
      { capture: 0, record: 2 },
      { capture: 1, record: 2 },
    ]);
  });

  test("not below 5 ms", () => {
    expect(notes(4.5)).toEqual([]);
    expect(notes(5.5)).toHaveLength(1);
  });

  test("not where the packets may have taken as long as the clocks seem to differ", () => {
    expect(notes(20, 30)).toEqual([]);
    expect(notes(40, 30)).toHaveLength(1);
  });
});
