import { describe, expect, test } from "vitest";
import type { ProxyHeader } from "../../../../src/core/flow/flow-observation.ts";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

function headed(header: Partial<ProxyHeader>): Sightings {
  const seen = new Sightings(cluster());
  const proxyHeader: ProxyHeader = {
    version: 2,
    command: "PROXY",
    source: { address: "203.0.113.77", port: 51_000 },
    destination: { address: "10.0.1.200", port: 80 },
    length: 28,
    record: 4,
    ...header,
  };
  const flow = "10.0.1.200:40000 > 10.0.2.51:8080";
  const data = { payloadBytes: 99 };
  seen.see(seen.at("n2/eth0"), flow, syn(1, data), synAck(2, data), { proxyHeader });
  return seen;
}

describe("proxy-protocol-v2", () => {
  test("notes the header and the client that it names", () => {
    const [match] = headed({}).found("proxy-protocol-v2");
    expect(match?.level).toBe("note");
    expect(match?.evidence[0]).toMatchObject({
      statement: "the header that web-nlb (10.0.1.200:40000) sent names client 203.0.113.77:51000",
      packets: [{ capture: 0, record: 4 }],
    });
  });
  test("knows a health check's header", () => {
    const [match] = headed({ command: "LOCAL", source: null }).found("proxy-protocol-v2");
    expect(match?.evidence[0]?.statement).toContain("no client (LOCAL: a health check)");
  });
  test("is not version 1", () => {
    expect(headed({ version: 1 }).found("proxy-protocol-v2")).toEqual([]);
  });
});
