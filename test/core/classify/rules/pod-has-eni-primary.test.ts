import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, pod } from "../../../support/snapshot.ts";

/** A pod of n1 with this address talks to api-c. */
function talks(address: string, fields: Parameters<typeof pod>[3] = {}): Sightings {
  const { pods } = cluster();
  const snapshot = cluster({ pods: [...pods, pod("default/odd", address, "n1", fields)] });
  const seen = new Sightings(snapshot);
  seen.see(seen.at("n2/eth0"), `${address}:40000 > 10.0.2.51:8080`, syn(1), synAck(2));
  return seen;
}

describe("pod-has-eni-primary", () => {
  test("is a pod with the primary address of a secondary ENI", () => {
    const [match] = talks("10.0.1.20").found("pod-has-eni-primary");
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("Pod default/odd has 10.0.1.20");
    expect(match?.evidence.map(({ snapshot }) => snapshot[0]?.file)).toEqual([
      "pods.json",
      "describe-network-interfaces.json",
      undefined,
    ]);
  });
  test("is not a pod with a further address of that ENI", () => {
    expect(talks("10.0.1.21").found("pod-has-eni-primary")).toEqual([]);
  });
  test("is not a pod on the node's own network, or one that has finished", () => {
    expect(talks("10.0.1.10").found("pod-has-eni-primary")).toEqual([]);
    expect(talks("10.0.1.20", { hostNetwork: true }).found("pod-has-eni-primary")).toEqual([]);
    expect(talks("10.0.1.20", { phase: "Succeeded" }).found("pod-has-eni-primary")).toEqual([]);
  });
});
