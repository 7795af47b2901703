import { describe, expect, it } from "vitest";
import { Encapsulation } from "../../../src/core/wire/packet-view.ts";
import { FlowScript, type LayerFields } from "../../support/observe.ts";

const TEXT = "abcdefghijklmnopqrstuvwxyz0123456789";

function prints(...packets: readonly LayerFields[]): readonly number[] {
  const script = new FlowScript();
  for (const packet of packets)
    script.layers([{ protocol: 17, srcPort: 1, dstPort: 2, ...packet }]);
  return script.row(0).forward.fingerprints;
}
const echo = (sequence: number, id = 7, payload = TEXT): LayerFields => ({
  protocol: 1,
  icmp: { type: 8, id, sequence },
  srcPort: undefined as unknown as number,
  payload,
});
const segment = (seq: number, payload: string, flags = "."): LayerFields => ({
  protocol: 6,
  seq,
  payload,
  flags,
});

describe("fingerprint of a datagram", () => {
  it("does not depend on addresses, ports, TTL or identification", () => {
    const other = { src: "1.2.3.4", dst: "5.6.7.8", srcPort: 999, ttl: 3, ipId: 77 };
    expect(prints({ payload: TEXT })).toEqual(prints({ payload: TEXT, ...other }));
    expect(prints({ payload: TEXT })).toHaveLength(1);
  });
  it("tells length and first bytes apart", () => {
    const [a] = prints({ payload: TEXT });
    expect(prints({ payload: TEXT.slice(0, -1) })).not.toEqual([a]);
    expect(prints({ payload: `_${TEXT.slice(1)}` })).not.toEqual([a]);
    expect(prints({ payload: "abc" })).not.toEqual(prints({ payload: "abd" }));
  });
  it("is the same however much more than its first 24 bytes was captured, and none with fewer", () => {
    const whole = prints({ payload: TEXT });
    expect(prints({ payload: TEXT, captured: 24 })).toEqual(whole);
    expect(prints({ payload: TEXT, captured: 23 })).toEqual([]);
    expect(prints({ payload: "abc", captured: 3 })).toHaveLength(1);
    expect(prints({ payload: "abc", captured: 2 })).toEqual([]);
  });
  it("does not exist for an empty payload, a later fragment or the outside of a tunnel", () => {
    expect(prints({})).toEqual([]);
    expect(prints({ payload: TEXT, encapsulation: Encapsulation.Vxlan })).toEqual([]);
    expect(prints({ protocol: 50, payload: TEXT, fragmentOffset: 8 })).toEqual([]);
  });
  it("is kept of the first four different packets of a direction", () => {
    const payloads = ["one", "two", "two", "three", "four", "five"].map((payload) => ({ payload }));
    const first = ["one", "two", "three", "four"].flatMap((payload) => prints({ payload }));
    expect(prints(...payloads)).toEqual(first);
    expect(new Set(first).size).toBe(4);
  });
});

describe("fingerprint of an ICMP echo", () => {
  it("has the sequence number and not the identifier, which NAT rewrites", () => {
    expect(prints(echo(1))).toEqual(prints(echo(1, 99)));
    expect(prints(echo(1))).not.toEqual(prints(echo(2)));
  });
  it("exists without payload", () => {
    expect(prints(echo(1, 7, ""))).toHaveLength(1);
    expect(prints(echo(1, 7, ""))).not.toEqual(prints(echo(2, 7, "")));
  });
  it("does not exist for other ICMP", () => {
    expect(prints({ ...echo(1), icmp: { type: 13 } })).toEqual([]);
  });
});

describe("fingerprint of a TCP segment", () => {
  it("has the sequence number and not the length: segments are cut anew on the way", () => {
    expect(prints(segment(5, TEXT))).toEqual(prints(segment(5, TEXT + TEXT)));
    expect(prints(segment(5, TEXT))).not.toEqual(prints(segment(6, TEXT)));
  });
  it("is taken only while the connection's ISN is unknown", () => {
    expect(prints(segment(4, "", "S"), segment(5, TEXT))).toEqual([]);
    expect(prints(segment(5, TEXT))).toHaveLength(1);
  });
});
