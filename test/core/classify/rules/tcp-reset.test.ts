import { describe, expect, test } from "vitest";
import type { ProxyHeader } from "../../../../src/core/flow/flow-observation.ts";
import {
  ACK,
  type DirectionFields,
  FIN,
  RST,
  Sightings,
  SYN,
  syn,
  synAck,
} from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const PODS = "10.0.1.11:40000 > 10.0.2.51:8080";
const FROM_NLB = "10.0.1.200:40000 > 10.0.2.51:8080";
const RESET: DirectionFields = { tcpFlags: SYN | ACK | RST, resets: 1, resetRecord: 9 };

function ended(
  orig: DirectionFields,
  resp: DirectionFields,
  flow = PODS,
  proxyHeader: ProxyHeader | null = null,
): Sightings {
  const seen = new Sightings(cluster());
  seen.see(seen.at("n2/eth0"), flow, syn(1, orig), synAck(2, resp), { proxyHeader });
  return seen;
}

describe("tcp-reset", () => {
  test("warns when the dialled side resets, and says who", () => {
    const [match] = ended({ payloadBytes: 10 }, { ...RESET, payloadBytes: 10 }).found("tcp-reset");
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("reset by the side that was dialled");
    expect(match?.evidence[0]).toMatchObject({
      statement: "default/api-c (10.0.2.51:8080) sent RST, seen at n2/eth0",
      packets: [{ capture: 0, record: 9 }],
    });
  });

  test("warns when the client leaves before an answer came", () => {
    const [match] = ended({ ...RESET, payloadBytes: 10 }, {}).found("tcp-reset");
    expect(match?.level).toBe("warning");
  });

  test("notes a client that resets after it has its answer", () => {
    const [match] = ended({ ...RESET, payloadBytes: 10 }, { payloadBytes: 10 }).found("tcp-reset");
    expect(match?.level).toBe("note");
  });

  test("sees that a RST came from nowhere near its sender", () => {
    const seen = new Sightings(cluster());
    seen.see(
      seen.at("n2/eni7f740b63bfc"),
      PODS,
      syn(1),
      synAck(2, { payloadBytes: 5, ttlMax: 64 }),
    );
    seen.see(
      seen.at("n1/eth0"),
      PODS,
      syn(1),
      synAck(2, { payloadBytes: 5, ttlMax: 63, ...RESET }),
    );
    expect(seen.found("tcp-reset")[0]?.evidence[0]?.statement).toContain(
      "n2/eni7f740b63bfc, nearer to it, saw its other packets but no RST",
    );
  });

  const quiet: readonly (readonly [string, Sightings])[] = [
    ["a RST after a FIN of the same side", ended({ ...RESET, tcpFlags: SYN | RST | FIN }, {})],
    ["a RST after a FIN of the other side", ended({ tcpFlags: SYN | ACK | FIN }, RESET)],
    ["a health check that ends with RST on purpose", ended(RESET, {}, FROM_NLB)],
    [
      "a load balancer that closes with RST after the answer",
      ended({ ...RESET, payloadBytes: 9 }, { payloadBytes: 9 }, FROM_NLB),
    ],
    [
      "a health check that sent no more than PROXY LOCAL",
      ended({ ...RESET, payloadBytes: 16 }, {}, FROM_NLB, {
        version: 2,
        command: "LOCAL",
        source: null,
        destination: null,
        length: 16,
        record: 3,
      }),
    ],
    ["a connection without RST", ended({ payloadBytes: 5 }, { payloadBytes: 5 })],
  ];
  test.each(quiet)("says nothing of %s", (_, seen) => {
    expect(seen.found("tcp-reset")).toEqual([]);
  });

  test("a load balancer that gives up waiting is worth a warning", () => {
    const seen = ended({ ...RESET, payloadBytes: 100 }, {}, FROM_NLB);
    expect(seen.found("tcp-reset")[0]?.level).toBe("warning");
  });
});
