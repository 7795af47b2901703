import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

function told(flow: string, type: number, code: number, from: string, protocol = "udp"): Sightings {
  const seen = new Sightings(cluster());
  const icmpErrors = [{ record: 5, type, code, from }];
  for (const place of ["n1/eth0", "n2/eth0"])
    seen.see(seen.at(place), flow, { fingerprints: [1] }, undefined, { protocol, icmpErrors });
  return seen;
}

const V4 = "10.0.1.11:40000 > 10.0.2.51:9999";

describe("icmp-error", () => {
  test("says type and code in words, once, with who sent it and where it was seen", () => {
    const [match] = told(V4, 3, 3, "10.0.2.51").found("icmp-error");
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("got port unreachable (type 3 code 3)");
    expect(match?.evidence).toHaveLength(1);
    expect(match?.evidence[0]?.statement).toMatch(
      /^default\/api-c \(10\.0\.2\.51\) sent port unreachable .* seen at n1\/eth0, n2\/eth0$/,
    );
    expect(match?.evidence[0]?.packets).toHaveLength(2);
  });

  const levels: readonly (readonly [string, string, number, number, string, string])[] = [
    ["a path MTU that is discovered", V4, 3, 4, "10.0.1.1", "note"],
    ["a host that cannot be reached", V4, 3, 1, "10.0.1.1", "warning"],
    ["a firewall's refusal", V4, 3, 13, "10.0.1.1", "warning"],
    ["a TTL that ran out", V4, 11, 0, "10.0.1.1", "warning"],
    ["a traceroute's hop", "10.0.1.11:40000 > 10.0.2.51:33436", 11, 0, "10.0.1.1", "note"],
    ["a traceroute's end", "10.0.1.11:40000 > 10.0.2.51:33436", 3, 3, "10.0.2.51", "note"],
    ["a client gone before the answer came", V4, 3, 3, "10.0.1.11", "note"],
    ["IPv6: a packet too big", "[2001:db8::1]:4000 > [2001:db8::2]:99", 2, 0, "fe80::1", "note"],
    ["IPv6: no route", "[2001:db8::1]:4000 > [2001:db8::2]:99", 1, 0, "fe80::1", "warning"],
    ["IPv6: a port", "[2001:db8::1]:4000 > [2001:db8::2]:99", 1, 4, "2001:db8::2", "warning"],
  ];
  test.each(levels)("%s", (_, flow, type, code, from, level) => {
    expect(told(flow, type, code, from).found("icmp-error")[0]?.level).toBe(level);
  });

  test("says nothing where there was none", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), V4, syn(1), synAck(2));
    expect(seen.found("icmp-error")).toEqual([]);
  });
});
