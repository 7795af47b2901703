import { describe, expect, test } from "vitest";
import { type DirectionFields, Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const IMDS = "169.254.169.254:80";

/** Answers of IMDS at eth0 and at the pod. */
function answers(atNode: DirectionFields, atPod: DirectionFields): Sightings {
  const seen = new Sightings(cluster());
  seen.see(seen.at(`n1/${VETH.webA}`), `10.0.1.11:40000 > ${IMDS}`, syn(1), synAck(2, atPod));
  seen.see(seen.at("n1/eth0"), `10.0.1.10:2345 > ${IMDS}`, syn(1), synAck(2, atNode));
  return seen;
}

describe("imds-hop-limit", () => {
  test("is an answer with TTL 1 that the pod never saw", () => {
    const seen = answers({ records: 4, ttlMin: 1, lastRecord: 9 }, { records: 2 });
    const [match] = seen.found("imds-hop-limit");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 1, record: 9 }]);
  });
  test("is not an answer that got through", () => {
    expect(answers({ records: 4, ttlMin: 2 }, { records: 4 }).found("imds-hop-limit")).toEqual([]);
    expect(answers({ records: 4, ttlMin: 1 }, { records: 4 }).found("imds-hop-limit")).toEqual([]);
  });
  test("is not the node's own process, which needs no hop", () => {
    const seen = new Sightings(cluster());
    const flow = `10.0.1.10:2345 > ${IMDS}`;
    seen.see(seen.at("n1/eth0"), flow, syn(1), synAck(2, { records: 4, ttlMin: 1 }));
    expect(seen.found("imds-hop-limit")).toEqual([]);
  });
});
