import { describe, expect, test } from "vitest";
import { type DirectionFields, datagram, Sightings, START_NS } from "../../../support/flow.ts";
import { cluster, ref, VETH } from "../../../support/snapshot.ts";

const dns = (address: string) => ({
  namespace: "kube-system",
  service: "kube-dns",
  address,
  port: 53,
  protocol: "UDP",
  ready: true,
  ref: ref("endpointslices.json", 9),
});
const kept = datagram(7, { records: 9, lastSeenNs: START_NS + 40_000_000_000n });

/** web-a asks kube-dns, and n1 sends it to 10.0.2.77. */
function asked(
  sent: DirectionFields,
  options: { endpoints?: readonly string[]; error?: boolean; answered?: boolean } = {},
): Sightings {
  const { endpoints = ["10.0.2.51"], error = false, answered = false } = options;
  const seen = new Sightings(cluster({ endpoints: endpoints.map(dns) }));
  const answer = answered ? datagram(8, { atMs: 1 }) : undefined;
  const icmpErrors = error ? [{ record: 5, type: 3, code: 1, from: "10.0.2.1" }] : [];
  const udp = { protocol: "udp", icmpErrors } as const;
  seen.see(seen.at(`n1/${VETH.webA}`), "10.0.1.11:40000 > 10.100.0.10:53", sent, answer, udp);
  seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 10.0.2.77:53", sent, answer, udp);
  return seen;
}

describe("stale-conntrack-dnat", () => {
  test("is a socket that keeps asking an endpoint that is none", () => {
    const [match] = asked(kept).found("stale-conntrack-dnat");
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("translated to 10.0.2.77");
    expect(match?.evidence.map(({ statement }) => statement).slice(1)).toEqual([
      "endpoints of service kube-system/kube-dns (10.100.0.10:53) are 10.0.2.51:53",
      "9 packets to 10.0.2.77:53 got no answer",
    ]);
  });
  test("is a single packet when an ICMP error says that nobody is there", () => {
    const [match] = asked(datagram(7), { error: true }).found("stale-conntrack-dnat");
    expect(match?.evidence.at(-1)?.packets).toEqual([{ capture: 0, record: 5 }]);
  });
  test("is not one packet without an answer", () => {
    expect(asked(datagram(7)).found("stale-conntrack-dnat")).toEqual([]);
  });
  test("is not an endpoint that is listed, or a service whose endpoints nobody listed", () => {
    expect(asked(kept, { endpoints: ["10.0.2.77"] }).found("stale-conntrack-dnat")).toEqual([]);
    expect(asked(kept, { endpoints: [] }).found("stale-conntrack-dnat")).toEqual([]);
  });
  test("is not somebody who answers", () => {
    expect(asked(kept, { answered: true }).found("stale-conntrack-dnat")).toEqual([]);
  });
});
