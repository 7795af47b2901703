/** Packets that belong to a flow by what they quote or continue, not by their own ports: ICMP errors and later fragments. */
import { describe, expect, it } from "vitest";
import { Encapsulation } from "../../../src/core/wire/packet-view.ts";
import { FlowScript, type LayerFields } from "../../support/observe.ts";

const BACK: LayerFields = { src: "10.0.0.2", dst: "10.0.0.1" };

describe("an ICMP error", () => {
  const error = (quoted: LayerFields, more: LayerFields = {}): LayerFields => ({
    protocol: 1,
    src: "10.9.9.9",
    dst: "10.0.0.1",
    icmp: { type: 3, code: 4 },
    quoted,
    ...more,
  });
  const sent: LayerFields = { protocol: 17, srcPort: 40000, dstPort: 53 };

  it("belongs to the flow of the packet it quotes and changes none of its counts", () => {
    const script = new FlowScript().layers([sent]).layers([error(sent)]);
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({
      forward: { records: 1, lastRecord: 1 },
      icmpErrors: [{ record: 2, type: 3, code: 4, from: "10.9.9.9" }],
    });
    expect(script.table.accounting()).toEqual({ records: 2, inConnections: 2, notClassified: {} });
  });

  it("finds its flow from either direction, and all are kept in order", () => {
    const script = new FlowScript().layers([sent]);
    script.layers([error({ ...sent, ...BACK, srcPort: 53, dstPort: 40000 })]);
    script.layers([error(sent, { icmp: { type: 11, code: 0 } })]);
    expect(script.row(0).icmpErrors.map(({ record, type }) => [record, type])).toEqual([
      [2, 3],
      [3, 11],
    ]);
  });

  it("is a flow of its own between sender and receiver when the packet was not seen at this tap", () => {
    const script = new FlowScript().layers([sent], { interfaceIndex: 1 }).layers([error(sent)]);
    expect(script.row(1)).toMatchObject({
      protocol: "icmp",
      a: { address: "10.9.9.9", port: null },
      b: { address: "10.0.0.1", port: null },
    });
  });

  it("outside a tunnel finds the flow inside it, and the other way round", () => {
    const tunnel: LayerFields = {
      ...sent,
      src: "192.168.0.1",
      dst: "192.168.0.2",
      dstPort: 4789,
      encapsulation: Encapsulation.Vxlan,
      vni: 3,
    };
    const outward = new FlowScript().layers([tunnel, sent]).layers([error(sent)]);
    expect(outward.row(1).icmpErrors).toHaveLength(1);
    const inward = new FlowScript().layers([sent]).layers([tunnel, error(sent)]);
    expect(inward.row(0).icmpErrors).toHaveLength(1);
    expect(inward.row(1)).toMatchObject({ carries: "vxlan", icmpErrors: [] });
  });

  it("prefers the flow of its own context", () => {
    const tunnel: LayerFields = {
      ...sent,
      dstPort: 4789,
      encapsulation: Encapsulation.Vxlan,
      vni: 3,
    };
    const script = new FlowScript().layers([sent]).layers([tunnel, sent]);
    script.layers([tunnel, error(sent)]);
    expect(script.rows.map((row) => row.icmpErrors.length)).toEqual([0, 0, 1]);
  });

  it("on LINUX_SLL finds the flow at another tap of the capture, since each shows one way only", () => {
    const out = { linkType: 113, sllPacketType: 4, macs: [1, 0] } as const;
    const into = { linkType: 113, sllPacketType: 0, macs: [2, 0] } as const;
    const script = new FlowScript().layers([sent], out).layers([error(sent)], into);
    expect(script.rows).toHaveLength(1);
    expect(script.row(0).icmpErrors).toHaveLength(1);
    script.beginCapture(1);
    script.layers([error(sent)], into);
    expect(script.row(0).icmpErrors).toHaveLength(1);
    expect(script.rows).toHaveLength(2);
  });

  it("that quotes a later fragment belongs to the datagram's flow", () => {
    const script = new FlowScript();
    script.layers([{ ...sent, ipId: 9, moreFragments: true }]);
    script.layers([error({ protocol: 17, ipId: 9, fragmentOffset: 1480 })]);
    expect(script.row(0).icmpErrors).toHaveLength(1);
  });

  it("of ICMPv6 names its sender", () => {
    const v6: LayerFields = { ...sent, src: "fd00::1", dst: "fd00::2" };
    const script = new FlowScript().layers([v6]);
    script.layers([
      { ...error(v6), protocol: 58, src: "fd00::99", dst: "fd00::1", icmp: { type: 2 } },
    ]);
    expect(script.row(0).icmpErrors).toEqual([{ record: 2, type: 2, code: 0, from: "fd00::99" }]);
  });
});
