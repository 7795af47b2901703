import { describe, expect, test } from "vitest";
import type { TargetEntry, TargetGroupEntry } from "../../../../src/core/cluster/snapshot.ts";
import { type DirectionFields, Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, ref } from "../../../support/snapshot.ts";

const SENT_AGAIN: DirectionFields = { tcpFlags: SYN, records: 3, retransmissions: 2 };
const target = (address: string): TargetEntry => ({
  targetGroup: "web",
  address,
  port: 8080,
  ref: ref("describe-target-health.json"),
});
const group = (preserve: string): TargetGroupEntry => ({
  name: "web",
  port: 8080,
  targetType: "ip",
  loadBalancers: ["web-nlb"],
  attributes: { "preserve_client_ip.enabled": preserve },
  ref: ref("describe-target-groups.json"),
});

function dialsNlb(
  targets: readonly TargetEntry[],
  preserve: string,
  orig: DirectionFields = SENT_AGAIN,
  resp?: DirectionFields,
): Sightings {
  const seen = new Sightings(cluster({ targets, targetGroups: [group(preserve)] }));
  seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 10.0.1.200:80", syn(1, orig), resp);
  return seen;
}

describe("nlb-hairpin", () => {
  test("is a SYN that comes back with one address at both ends", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 10.0.1.11:8080", syn(1, SENT_AGAIN));
    const [match] = seen.found("nlb-hairpin");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.statement).toContain("to its own address, port 8080");
  });
  test("is a registered target whose SYN to its own NLB got no answer", () => {
    const [match] = dialsNlb([target("10.0.1.11")], "true").found("nlb-hairpin");
    expect(match?.evidence[0]?.snapshot).toEqual([ref("describe-target-health.json")]);
  });

  const others: readonly (readonly [string, Sightings])[] = [
    ["a pod that is no target", dialsNlb([target("10.0.2.51")], "true")],
    ["an NLB that does not preserve addresses", dialsNlb([target("10.0.1.11")], "false")],
    [
      "a connection that opened: another target got it",
      dialsNlb([target("10.0.1.11")], "true", {}, synAck(2)),
    ],
  ];
  test.each(others)("is not %s", (_, seen) => {
    expect(seen.found("nlb-hairpin")).toEqual([]);
  });
});
