import { describe, expect, test } from "vitest";
import { type DirectionFields, Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

function recorded(fields: DirectionFields): Sightings {
  const seen = new Sightings(cluster());
  const flow = "10.0.1.11:40000 > 10.0.2.51:8080";
  seen.see(seen.at("n1/eth0"), flow, syn(1, fields), synAck(2, { records: 20 }));
  return seen;
}

describe("capture-duplicates", () => {
  test("notes a place where packets were recorded twice", () => {
    const seen = recorded({ records: 20, copies: 10, copyRecord: 4 });
    const [match] = seen.found("capture-duplicates");
    expect(match?.level).toBe("note");
    expect(match?.message).toBe("n1/eth0: 10 segments recorded twice.");
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 4 }]);
  });
  test("is silent about single ones, and about segments that were sent again", () => {
    expect(recorded({ records: 20, copies: 2 }).found("capture-duplicates")).toEqual([]);
    expect(recorded({ records: 200, copies: 5 }).found("capture-duplicates")).toEqual([]);
    expect(recorded({ records: 20, retransmissions: 9 }).found("capture-duplicates")).toEqual([]);
  });
});
