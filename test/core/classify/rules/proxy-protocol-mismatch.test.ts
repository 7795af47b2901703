import { describe, expect, test } from "vitest";
import type { TargetGroupEntry } from "../../../../src/core/cluster/snapshot.ts";
import type { ProxyHeader } from "../../../../src/core/flow/flow-observation.ts";
import { type DirectionFields, Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, ref } from "../../../support/snapshot.ts";

const HEADER: ProxyHeader = {
  version: 2,
  command: "PROXY",
  source: { address: "203.0.113.77", port: 51_000 },
  destination: { address: "10.0.1.200", port: 80 },
  length: 28,
  record: 4,
};
const RESET: DirectionFields = { resets: 1, resetRecord: 6 };

function group(enabled: string): TargetGroupEntry {
  return {
    name: "web",
    port: 8080,
    targetType: "ip",
    loadBalancers: ["web-nlb"],
    attributes: { "proxy_protocol_v2.enabled": enabled },
    ref: ref("describe-target-groups.json"),
  };
}

function stream(
  proxyHeader: ProxyHeader | null,
  resp: DirectionFields,
  enabled = "true",
  snaplen = 262_144,
): Sightings {
  const seen = new Sightings(cluster({ targetGroups: [group(enabled)] }));
  seen.snaplen = snaplen;
  const orig = syn(1, { payloadBytes: 80 });
  const flow = "10.0.1.200:40000 > 10.0.2.51:8080";
  seen.see(seen.at("n2/eth0"), flow, orig, synAck(2, resp), { proxyHeader });
  return seen;
}

describe("proxy-protocol-mismatch", () => {
  test("is a server that resets after the header", () => {
    const [match] = stream(HEADER, RESET).found("proxy-protocol-mismatch");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.packets).toEqual([
      { capture: 0, record: 4 },
      { capture: 0, record: 6 },
    ]);
  });
  test("is a stream without the header that the target group sends", () => {
    const [match] = stream(null, { payloadBytes: 5 }).found("proxy-protocol-mismatch");
    expect(match?.evidence[0]?.snapshot).toEqual([ref("describe-target-groups.json")]);
  });

  const fitting: readonly (readonly [string, Sightings])[] = [
    ["a header that was answered", stream(HEADER, { ...RESET, payloadBytes: 9 })],
    ["no header where none is sent", stream(null, { payloadBytes: 9 }, "false")],
    ["a capture that cut what could be a header", stream(null, {}, "true", 96)],
  ];
  test.each(fitting)("is not %s", (_, seen) => {
    expect(seen.found("proxy-protocol-mismatch")).toEqual([]);
  });
});
