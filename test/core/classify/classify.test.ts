/**
 * Goal: any connection of any two hosts seen anywhere gets exactly one verdict that keeps the rules of verdicts. Method: random
 * ends, places and TTLs of the example cluster, with random parts of the snapshot left out.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ClusterSnapshot } from "../../../src/core/cluster/snapshot.ts";
import { Sightings, syn, synAck } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const ADDRESSES = [
  "10.0.1.11",
  "10.0.1.21",
  "10.0.2.51",
  "10.0.1.10",
  "10.0.2.10",
  "10.100.0.50",
  "10.0.1.200",
  "10.0.1.201",
  "10.0.1.202",
  "10.0.5.17",
  "10.0.3.200",
  "10.20.3.4",
  "203.0.113.9",
  "169.254.169.254",
  "127.0.0.1",
  "224.0.0.251",
  "0.0.0.0",
  "2001:db8::1",
  "fe80::1",
];
const PLACES = ["pod:default/web-a", "pod:default/api-c", "n1/eth0", "n1/eth1", "n2/eth0", "x"];
const LEFT_OUT: readonly Partial<ClusterSnapshot>[] = [
  {},
  { pods: [] },
  { nodes: [] },
  { services: [] },
  { enis: [] },
  { vpcCidrs: [] },
  { nodeStates: [] },
  { sources: [], pods: [], nodes: [], services: [], enis: [], vpcCidrs: [] },
];

const end = fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(80, 8080, 30080, 40000));
const sighting = fc.record({
  place: fc.constantFrom(...PLACES),
  orig: end,
  resp: end,
  isn: fc.constantFrom(100, 200),
  ttl: fc.constantFrom(64, 63, 62),
  answered: fc.boolean(),
});

const text = ([address, port]: readonly [string, number]): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

test("one verdict each, with doubts named and evidence that exists", () => {
  fc.assert(
    fc.property(
      fc.array(sighting, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...LEFT_OUT),
      (sightings, without) => {
        const seen = new Sightings(cluster(without));
        for (const { place, orig, resp, isn, ttl, answered } of sightings) {
          const answer = answered ? synAck(isn + 800) : undefined;
          seen.see(
            seen.at(place),
            `${text(orig)} > ${text(resp)}`,
            syn(isn, { ttlMax: ttl }),
            answer,
          );
        }
        const { classified, findings } = seen.classify();
        expect(classified).toHaveLength(seen.connections.length);
        for (const { subject, verdict, natRules } of classified) {
          expect(natRules).toHaveLength(subject.connection.nat.length);
          const proven = verdict.confidence === "proven";
          expect(verdict.candidates.length > 0).toBe(!proven);
          expect((verdict.wouldDecide ?? "") !== "").toBe(!proven);
          if (!proven && verdict.class !== "unclassified")
            expect(verdict.candidates[0]).toBe(verdict.class);
          for (const { packets } of verdict.evidence)
            for (const { capture } of packets) expect(seen.captures[capture]).toBeDefined();
        }
        for (const { match } of findings) {
          expect(match.connections.length).toBeGreaterThan(0);
          for (const index of match.connections) expect(classified[index]).toBeDefined();
        }
      },
    ),
    { numRuns: 400 },
  );
});
