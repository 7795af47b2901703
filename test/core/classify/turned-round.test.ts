/**
 * Goal: where no packet says who started, nothing that depends on it is called proven. Method: datagrams whose ports tell
 * nothing, in both directions of one path.
 */
import { describe, expect, test } from "vitest";
import { turnedRound } from "../../../src/core/classify/turned-round.ts";
import { datagram, oneConnection, Sightings } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const A = "pod:default/web-a";
const C = "pod:default/api-c";

/** One datagram each way at each place; `flow` is what was seen first. */
function seen(flow: string, ...places: readonly string[]): Sightings {
  const sightings = new Sightings(cluster());
  for (const place of places)
    sightings.see(sightings.at(place), flow, datagram(1), datagram(2), { protocol: "udp" });
  return sightings;
}

describe("a verdict without a known originator", () => {
  test("holds when it is the same from both ends", () => {
    const both = seen("10.0.1.11:9999 > 10.0.2.51:1100", A, "n1/eth0", C);
    expect(both.verdicts).toEqual(["pod-to-pod-direct (proven)"]);
  });

  test("leaves the other way open when it is not", () => {
    const outside = seen("10.0.1.11:9999 > 10.0.77.7:1100", A, "n1/eth0");
    expect(outside.verdicts[0]).toMatch(/^pod-to-vpc \(inferred\) or .*vpc-to-pod/);
  });

  test("needs no such doubt when the ports agree with the first packet", () => {
    const client = seen("10.0.1.11:40000 > 10.0.77.7:9999", A, "n1/eth0");
    expect(client.verdicts).toEqual(["pod-to-vpc (proven)"]);
  });

  test("is in doubt as well when the ports contradict the first packet", () => {
    const late = seen("10.0.77.7:9999 > 10.0.1.11:40000", A, "n1/eth0");
    expect(late.verdicts[0]).toMatch(/^pod-to-vpc \(inferred\) or .*vpc-to-pod/);
  });
});

test("a rewritten source, turned round, is a rewritten destination", () => {
  const { connection } = oneConnection(cluster(), [
    [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
    ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 51],
  ]);
  const turned = turnedRound(connection);
  expect(turned.legs[0]?.resp).toEqual({ address: "10.0.1.10", port: 5000 });
  expect(turned.nat).toMatchObject([
    { kind: "dnat", before: { resp: { port: 5000 } }, after: { resp: { port: 4000 } } },
  ]);
  expect(turnedRound(turned)).toEqual(connection);
});
