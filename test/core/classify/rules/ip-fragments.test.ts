import { describe, expect, test } from "vitest";
import { datagram, Sightings } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

describe("ip-fragments", () => {
  const flow = "10.0.1.11:40000 > 10.0.2.51:9999";
  test("notes who sends larger packets than a link takes", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), flow, datagram(1, { records: 6 }), undefined, {
      protocol: "udp",
      fragments: 6,
    });
    const [match] = seen.found("ip-fragments");
    expect(match?.level).toBe("note");
    expect(match?.evidence[0]?.statement).toContain("6 fragments between default/web-a");
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 1 }]);
  });
  test("says nothing of whole packets", () => {
    const seen = new Sightings(cluster());
    seen.udp(seen.at("n1/eth0"), flow, datagram(1, { records: 6, bytes: 54_000 }));
    expect(seen.found("ip-fragments")).toEqual([]);
  });
});
