import { describe, expect, it } from "vitest";
import { FlowTable } from "../../../src/core/flow/flow-table.ts";
import { DecodeStop, Layer } from "../../../src/core/wire/decode-stop.ts";
import { Encapsulation, Sealed } from "../../../src/core/wire/packet-view.ts";
import { FlowScript, type LayerFields } from "../../support/observe.ts";

const BACK: LayerFields = { src: "10.0.0.2", dst: "10.0.0.1" };

describe("a row", () => {
  it("holds both directions of a tuple; a is who sent first", () => {
    const script = new FlowScript();
    script.udp({ payload: "ask" }, { wireLength: 60 });
    script.udp({ ...BACK, srcPort: 53, dstPort: 40000, payload: "answer" }, { wireLength: 70 });
    script.udp({ payload: "again" }, { wireLength: 62 });
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({
      id: 0,
      protocol: "udp",
      a: { address: "10.0.0.1", port: 40000 },
      b: { address: "10.0.0.2", port: 53 },
      forward: { records: 2, bytes: 122, firstRecord: 1, lastRecord: 3, payloadBytes: 8 },
      backward: { records: 1, bytes: 70, firstRecord: 2, lastRecord: 2, payloadBytes: 6 },
      encapsulation: null,
      carries: null,
      sealed: null,
      echoRequester: null,
      fragments: 0,
      icmpErrors: [],
      proxyHeader: null,
    });
  });

  it("has an empty direction while nobody answered", () => {
    const script = new FlowScript().udp();
    expect(script.row(0).backward).toMatchObject({
      records: 0,
      bytes: 0,
      firstSeenNs: 0n,
      isn: null,
    });
  });

  it("is one for a conversation of an endpoint with itself", () => {
    const self = { src: "127.0.0.1", dst: "127.0.0.1", srcPort: 9, dstPort: 9 };
    const script = new FlowScript().udp(self).udp(self);
    expect(script.rows).toHaveLength(1);
    expect(script.row(0).forward.records).toBe(2);
  });

  it.each([
    ["a port", { srcPort: 40001 }],
    ["the other port", { dstPort: 54 }],
    ["exchanged ports between the same ends", { srcPort: 53, dstPort: 40000 }],
    ["an address", { src: "10.0.0.3" }],
    ["the IPv4 broadcast address, whose word is -1", { dst: "255.255.255.255" }],
    ["a protocol", { protocol: 6 }],
    ["no ports at all", { protocol: 17, srcPort: undefined as unknown as number }],
  ] satisfies [string, LayerFields][])("is another for %s", (_name, other) => {
    const script = new FlowScript().udp().udp(other).udp().udp(other);
    expect(script.rows.map((row) => row.forward.records)).toEqual([2, 2]);
  });

  it("tells an IPv6 address from the IPv4 address with the same word", () => {
    const v6 = { src: "::", dst: "::1" };
    const script = new FlowScript();
    script.udp({ src: "0.0.0.0", dst: "0.0.0.1" }).udp(v6).udp(v6);
    expect(script.rows.map((row) => [row.a.address, row.b.address, row.forward.records])).toEqual([
      ["0.0.0.0", "0.0.0.1", 1],
      ["::", "::1", 2],
    ]);
  });

  it("joins both directions of IPv6", () => {
    const script = new FlowScript();
    const [a, b] = ["2001:db8::1", "2001:db8:0:1::2"];
    script.udp({ src: a, dst: b }).udp({ src: b, dst: a, srcPort: 53, dstPort: 40000 });
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({ a: { address: a }, b: { address: b } });
    expect(script.row(0).backward.records).toBe(1);
  });

  it.each([
    [1, "icmp"],
    [6, "tcp"],
    [17, "udp"],
    [58, "icmpv6"],
    [132, "sctp"],
    [47, "ip47"],
  ])("of protocol %i is called %s", (protocol, name) => {
    const script = new FlowScript().layers([{ protocol }]);
    expect(script.row(0)).toMatchObject({ protocol: name, a: { port: null }, b: { port: null } });
  });

  it("spans the smallest and largest time, whatever the order in the file", () => {
    const script = new FlowScript();
    script.udp({}, { seconds: 100, nanos: 5 });
    script.udp({}, { seconds: 99, nanos: 999_999_999 });
    script.udp({}, { seconds: 100, nanos: 4 });
    script.udp({}, { seconds: 2 ** 32 - 1, nanos: 999_999_999 });
    expect(script.row(0).forward).toMatchObject({
      firstRecord: 1,
      firstSeenNs: 99_999_999_999n,
      lastSeenNs: 4_294_967_295_999_999_999n,
    });
  });

  it("keeps lowest and highest TTL, ORs flags, and the IP ID and link addresses of the first packet", () => {
    const script = new FlowScript();
    script.tcp({ ttl: 64, ipId: 500, flags: "S" }, { macs: [0x0aff_0000_0001, 0x0aff_0000_0002] });
    script.tcp({ ttl: 0, ipId: 501, flags: "F." }, { macs: [3, 4] });
    script.tcp({ ttl: 255, flags: "." });
    expect(script.row(0).forward).toMatchObject({
      ttlMin: 0,
      ttlMax: 255,
      ipId: 500,
      tcpFlags: 0x13,
      macSrc: "0a:ff:00:00:00:01",
      macDst: "0a:ff:00:00:00:02",
    });
  });

  it.each([
    ["IPv4 identification 0", { ipId: 0 }],
    ["no identification", { ipId: -1 }],
    ["an IPv6 fragment header's", { src: "fd00::1", dst: "fd00::2", ipId: 77 }],
  ])("has no IP ID for %s", (_name, fields) => {
    expect(new FlowScript().udp(fields).row(0).forward.ipId).toBeNull();
  });

  it("has no link addresses where the link layer has none, and only the source on LINUX_SLL", () => {
    const none = new FlowScript().udp({}, { macs: null });
    expect(none.row(0).forward).toMatchObject({ macSrc: null, macDst: null });
    const sll = new FlowScript().udp({}, { linkType: 113, sllPacketType: 0, macs: [1, 2] });
    expect(sll.row(0).forward).toMatchObject({ macSrc: "00:00:00:00:00:01", macDst: null });
  });

  it("remembers what its packets carry and how they are sealed", () => {
    const script = new FlowScript();
    script.udp().udp({ sealed: Sealed.WireGuard });
    script.layers([{ protocol: 50, sealed: Sealed.Esp }]);
    expect(script.rows.map((row) => row.sealed)).toEqual(["wireguard", "esp"]);
  });

  it("throws for a number that is no row", () => {
    const { table } = new FlowScript().udp();
    for (const row of [-1, 1, Number.NaN]) expect(() => table.observation(row)).toThrow(RangeError);
  });
});

describe("ICMP echo", () => {
  it("has the identifier as port at both ends and knows who asked", () => {
    const script = new FlowScript().echo(8).echo(0, BACK);
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({
      protocol: "icmp",
      a: { port: 7 },
      b: { port: 7 },
      echoRequester: "a",
      backward: { records: 1 },
    });
  });
  it("knows who asked when the reply comes first", () => {
    expect(new FlowScript().echo(0, BACK).echo(8).row(0).echoRequester).toBe("b");
  });
  it("knows from a reply alone that the other side asked", () => {
    expect(new FlowScript().echo(0).row(0).echoRequester).toBe("b");
  });
  it("of ICMPv6 has its own types", () => {
    const v6 = { protocol: 58, src: "fd00::1", dst: "fd00::2" };
    const request = new FlowScript().echo(128, { ...v6, icmp: { type: 128, id: 1 } });
    expect(request.row(0)).toMatchObject({ protocol: "icmpv6", echoRequester: "a" });
    const other = new FlowScript().echo(8, { ...v6, icmp: { type: 8, id: 1 } });
    expect(other.row(0).echoRequester).toBeNull();
  });
  it("to itself has its replies in the other direction", () => {
    const self = { src: "127.0.0.1", dst: "127.0.0.1" };
    const script = new FlowScript().echo(8, self).echo(0, self).echo(8, self);
    expect(script.row(0).forward.records).toBe(2);
    expect(script.row(0).backward.records).toBe(1);
  });
});

describe("a tunnel", () => {
  const outer: LayerFields = {
    protocol: 17,
    src: "192.168.0.1",
    dst: "192.168.0.2",
    srcPort: 5555,
    dstPort: 8472,
    encapsulation: Encapsulation.Vxlan,
    vni: 1,
  };
  const inner: LayerFields = { protocol: 17, srcPort: 40000, dstPort: 53 };

  it("is two observations, the inner one inside the outer", () => {
    const script = new FlowScript().layers([outer, inner]);
    expect(script.rows).toHaveLength(2);
    expect(script.row(0)).toMatchObject({ carries: "vxlan", encapsulation: null });
    expect(script.row(1)).toMatchObject({
      a: { address: "10.0.0.1" },
      carries: null,
      encapsulation: { kind: "vxlan", vni: 1, depth: 1, outer: 0 },
    });
    expect(script.row(1).forward).toMatchObject({ macSrc: null, macDst: null });
    expect(script.table.accounting()).toEqual({ records: 1, inConnections: 1, notClassified: {} });
  });

  it("keeps networks apart, and tunnelled packets from bare ones", () => {
    const script = new FlowScript();
    script
      .layers([outer, inner])
      .layers([{ ...outer, vni: 2 }, inner])
      .layers([inner]);
    expect(script.rows.map((row) => row.encapsulation?.vni ?? null)).toEqual([null, 1, 2, null]);
  });

  it("joins the two directions of the inner flow though the outer ports differ", () => {
    const script = new FlowScript();
    script.layers([outer, inner]);
    script.layers([
      { ...outer, src: "192.168.0.2", dst: "192.168.0.1", srcPort: 6666 },
      { ...inner, ...BACK, srcPort: 53, dstPort: 40000 },
    ]);
    const innerRows = script.rows.filter((row) => row.encapsulation !== null);
    expect(innerRows).toHaveLength(1);
    expect(innerRows[0]?.backward.records).toBe(1);
    expect(innerRows[0]?.encapsulation?.outer).toBe(0);
  });

  it("tells a GRE key of all ones from no key", () => {
    const gre = { ...outer, protocol: 47, encapsulation: Encapsulation.Gre };
    const script = new FlowScript();
    script.layers([{ ...gre, vni: 0xffff_ffff }, inner]).layers([{ ...gre, vni: -1 }, inner]);
    const vnis = script.rows.flatMap((row) => (row.encapsulation ? [row.encapsulation.vni] : []));
    expect(vnis).toEqual([0xffff_ffff, null]);
  });

  it("inside a tunnel has depth 2", () => {
    const ipip: LayerFields = { protocol: 4, encapsulation: Encapsulation.IpIp };
    const script = new FlowScript().layers([outer, ipip, inner]);
    expect(script.row(2).encapsulation).toEqual({ kind: "ipip", vni: null, depth: 2, outer: 1 });
    expect(script.row(1)).toMatchObject({ carries: "ipip" });
  });
});

describe("accounting", () => {
  it.each([
    ["arp", { etherType: 0x0806 }],
    ["arp", { etherType: 0x0806, stop: [DecodeStop.Truncated, Layer.Arp] }],
    ["non-ip", { etherType: 0x88cc }],
    ["non-ip", { etherType: 0x88cc, stop: [DecodeStop.Unsupported, Layer.Link] }],
    ["unknown-link-type", { linkType: 105, stop: [DecodeStop.Unsupported, Layer.Link] }],
    ["truncated-before-ip", { stop: [DecodeStop.Truncated, Layer.Ipv4] }],
    ["malformed", { stop: [DecodeStop.Malformed, Layer.Ipv4] }],
    ["malformed", { stop: [DecodeStop.TooDeep, Layer.Vlan] }],
  ] as const)("puts a record without IP under %s: %j", (reason, record) => {
    const { table } = new FlowScript().layers([], record);
    expect(table.accounting()).toEqual({
      records: 1,
      inConnections: 0,
      notClassified: { [reason]: 1 },
    });
  });

  it("tallies where decoding stopped, per capture, with the first case", () => {
    const script = new FlowScript();
    script.packet.stopOffset = 34;
    script.packet.stopRequired = 20;
    script.packet.stopAvailable = 7;
    script.udp({}, { stop: [DecodeStop.Truncated, Layer.Tcp] });
    script.packet.stopAvailable = 9;
    script.udp({}, { stop: [DecodeStop.Truncated, Layer.Tcp] });
    script.beginCapture(3);
    script.udp({}, { stop: [DecodeStop.Malformed, Layer.Udp] });
    expect(script.table.decodeStops()).toMatchObject([
      {
        capture: 0,
        stop: 1,
        layer: Layer.Tcp,
        count: 2,
        firstRecord: 1,
        offset: 34,
        required: 20,
        available: 7,
      },
      { capture: 3, stop: 2, layer: Layer.Udp, count: 1, firstRecord: 1, available: 9 },
    ]);
  });

  it("of an empty table is zero", () => {
    const table = new FlowTable();
    expect(table.accounting()).toEqual({ records: 0, inConnections: 0, notClassified: {} });
    expect([table.rows, table.taps(), table.limits(), table.decodeStops()]).toEqual([
      0,
      [],
      [],
      [],
    ]);
  });
});
