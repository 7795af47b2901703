import { describe, expect, test } from "vitest";
import type { SubnetEntry } from "../../../src/core/cluster/snapshot.ts";
import { oneConnection } from "../../support/flow.ts";
import { cluster, ref } from "../../support/snapshot.ts";

const subnet = (id: string, cidr: string, zone?: string): SubnetEntry => ({
  id,
  cidrs: [cidr],
  ...(zone === undefined ? {} : { zone }),
  ref: ref("describe-subnets.json"),
});

/** What is said of zones when web-a dials api-c. */
function zones(...subnets: readonly SubnetEntry[]): string[] {
  const flow = "10.0.1.11:4000 > 10.0.2.51:8080";
  const seen = oneConnection(cluster({ subnets }), [["pod:default/web-a", flow, 64, 62]]);
  const [one] = seen.classify().classified;
  const said = one?.verdict.evidence.map(({ statement }) => statement) ?? [];
  return said.filter((text) => text.includes("zone"));
}

const A = subnet("subnet-a", "10.0.1.0/24", "eu-west-1a");
const B = subnet("subnet-b", "10.0.2.0/24", "eu-west-1b");

describe("the zones of two pods", () => {
  test("are said when both subnets are known and differ", () => {
    expect(zones(A, B)).toEqual([
      "it crosses zones: 10.0.1.11 is in subnet-a (eu-west-1a), 10.0.2.51 in subnet-b (eu-west-1b)",
    ]);
  });
  test("are not said when they are the same", () => {
    expect(zones(A, subnet("subnet-b", "10.0.2.0/24", "eu-west-1a"))).toEqual([]);
  });
  test("are not said when one is unknown", () => {
    expect(zones(A)).toEqual([]);
    expect(zones(A, subnet("subnet-b", "10.0.2.0/24"))).toEqual([]);
  });
  test("are not said when subnets of two VPCs have the same addresses", () => {
    expect(zones(A, B, subnet("subnet-c", "10.0.2.0/24", "eu-west-1c"))).toEqual([]);
  });
});
