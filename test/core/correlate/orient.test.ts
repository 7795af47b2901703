/** Goal: who started is told by the strongest ground there is, and the ground is named. */
import { describe, expect, test } from "vitest";
import { orientRows } from "../../../src/core/correlate/orient.ts";
import type { FlowObservation } from "../../../src/core/flow/flow-observation.ts";
import {
  datagram,
  type RowFields,
  row,
  Sightings,
  segments,
  showEnd,
  syn,
  synAck,
} from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const tap = new Sightings().at("n1/eth0");
const seen = (flow: string, fields: Partial<RowFields> = {}) => row({ tap, flow, ...fields });

/** "10.0.0.1:5 by syn" */
function oriented(rows: readonly FlowObservation[], listening: readonly string[] = []): string {
  const { orig, by } = orientRows(rows, {
    isEmpty: listening.length === 0,
    listens: (protocol, end) => listening.includes(`${protocol} ${showEnd(end)}`),
  });
  return `${showEnd(orig)} by ${by}`;
}

describe("TCP", () => {
  test("the sender of the SYN started", () => {
    expect(oriented([seen("10.0.0.1:5 > 10.0.0.2:6", { forward: syn(1) })])).toBe(
      "10.0.0.1:5 by syn",
    );
  });

  test("a SYN-ACK alone says that the other side did", () => {
    expect(oriented([seen("10.0.0.2:80 > 10.0.0.1:5", { forward: synAck(1) })])).toBe(
      "10.0.0.1:5 by syn",
    );
  });

  test("of a simultaneous open the earlier SYN", () => {
    const both = { forward: syn(1, { isnRecord: 9 }), backward: syn(2, { isnRecord: 4 }) };
    expect(oriented([seen("10.0.0.1:5 > 10.0.0.2:6", both)])).toBe("10.0.0.2:6 by syn");
  });

  test("a later place that saw the SYN decides over an earlier one that did not", () => {
    const answer = seen("10.0.0.2:6 > 10.0.0.1:5", { forward: segments(1, 2) });
    const handshake = seen("10.0.0.1:5 > 10.0.0.2:6", { forward: syn(1, { atMs: 5 }) });
    expect(oriented([answer, handshake])).toBe("10.0.0.1:5 by syn");
  });
});

describe("ICMP", () => {
  test("the sender of the echo request started, whoever was seen first", () => {
    const reply = { protocol: "icmp", echoRequester: "b" } as const;
    expect(oriented([seen("10.0.0.2:7 > 10.0.0.1:7", reply)])).toBe("10.0.0.1:7 by echo-request");
  });

  test("an echo identifier is no port", () => {
    const reply = { protocol: "icmp", flow: "10.0.0.2:7 > 10.0.0.1:7" };
    expect(oriented([seen("10.0.0.2:7 > 10.0.0.1:7", reply)], ["icmp 10.0.0.2:7"])).toBe(
      "10.0.0.2:7 by first-packet",
    );
  });
});

describe("without a first packet, ports", () => {
  const mid = { forward: segments(1, 2) };
  test.each([
    [
      "a known listener answers",
      "10.0.0.2:8080 > 10.0.0.1:9090",
      ["tcp 10.0.0.2:8080"],
      "10.0.0.1:9090 by port",
    ],
    [
      "two known listeners tell nothing",
      "10.0.0.2:8080 > 10.0.0.1:9090",
      ["tcp 10.0.0.2:8080", "tcp 10.0.0.1:9090"],
      "10.0.0.2:8080 by first-packet",
    ],
    ["a system port listens", "10.0.0.2:443 > 10.0.0.1:9090", [], "10.0.0.1:9090 by port"],
    [
      "of two system ports the first packet",
      "10.0.0.2:443 > 10.0.0.1:80",
      [],
      "10.0.0.2:443 by first-packet",
    ],
    [
      "an ephemeral port does not listen",
      "10.0.0.2:8080 > 10.0.0.1:41000",
      [],
      "10.0.0.1:41000 by port",
    ],
    [
      "of two ephemeral ports the first packet",
      "10.0.0.2:50000 > 10.0.0.1:41000",
      [],
      "10.0.0.2:50000 by first-packet",
    ],
    [
      "a known listener outweighs a system port",
      "10.0.0.2:443 > 10.0.0.1:9090",
      ["tcp 10.0.0.1:9090"],
      "10.0.0.2:443 by port",
    ],
  ])("%s", (_, flow, listening, wanted) => {
    expect(oriented([seen(flow, mid)], listening)).toBe(wanted);
  });

  test("a datagram from an ephemeral port comes from a client", () => {
    const one = seen("10.0.0.2:41000 > 10.0.0.1:9999", { protocol: "udp", forward: datagram(1) });
    expect(oriented([one])).toBe("10.0.0.2:41000 by port-range");
  });

  test("a first datagram to an ephemeral port is most likely an answer: the capture began late", () => {
    const one = seen("10.0.0.1:9999 > 10.0.0.2:41000", { protocol: "udp", forward: datagram(1) });
    expect(oriented([one])).toBe("10.0.0.2:41000 by late-start");
  });

  test("of two datagram ports outside of the ephemeral range the first packet", () => {
    const one = seen("10.0.0.1:9999 > 10.0.0.2:1100", { protocol: "udp", forward: datagram(1) });
    expect(oriented([one])).toBe("10.0.0.1:9999 by first-packet");
  });

  test("no ports, no ground but the first packet", () => {
    expect(oriented([seen("10.0.0.1 > 10.0.0.2", { protocol: "ip47" })])).toBe(
      "10.0.0.1 by first-packet",
    );
  });
});

describe("listeners of the snapshot", () => {
  test.each([
    ["an endpoint", "10.0.1.21:8080 > 10.0.9.9:9000"],
    ["a service", "10.100.0.50:80 > 10.0.9.9:90"],
    ["a NodePort at any node", "10.0.2.10:30080 > 10.0.9.9:9000"],
  ])("%s answered", (_, flow) => {
    const seenThere = new Sightings(cluster());
    seenThere.see(seenThere.at("x"), flow, segments(1, 2));
    expect(showEnd(seenThere.connection.legs[0]?.orig ?? { address: "", port: 0 })).toMatch(
      /^10\.0\.9\.9:/,
    );
  });
});
