/** Goal: a Geneve datagram is opened, with options and with any inner type. Method: bytes by hand, then variations. */
import { describe, expect, test } from "vitest";
import { concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const toGeneve = ethernet().ipv4({ src: "10.0.1.1", dst: "10.0.1.2" }).udp({ dstPort: 6081 });
const innerLine = "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0";

describe("a datagram with an option, as the Gateway Load Balancer sends", () => {
  const header = hex(`
    03 00 08 00  00 00 00 00            # version 0, 12 bytes of options, IPv4, VNI 0
    01 08 01 02  00 11 22 33 44 55 66 77`); // class 0108, type 1, 8 bytes: the endpoint id
  const built = toGeneve
    .geneve({ options: header.subarray(8) })
    .ipv4()
    .tcp();

  test("is the same from the builder and by hand", () => {
    expect(built.bytes().subarray(42, 62)).toEqual(header);
  });

  test("is opened behind its options", () => {
    expect(outline(decode(built))).toEqual([
      "10.0.1.1:40000 > 10.0.1.2:6081 protocol 17 payload 60 Geneve vni 0",
      innerLine,
    ]);
  });

  checkDecoder(built);
});

test.each([
  ["Ethernet", toGeneve.geneve({ vni: 0xabcdef }).ethernet().ipv4().tcp()],
  ["Ethernet with a VLAN tag", toGeneve.geneve({ vni: 0xabcdef }).ethernet().vlan(3).ipv4().tcp()],
  ["IPv4", toGeneve.geneve({ vni: 0xabcdef }).ipv4().tcp()],
  ["a control packet's flag", toGeneve.geneve({ vni: 0xabcdef, flags: 0xc0 }).ipv4().tcp()],
])("inner %s", (_name, packet) => {
  const [outer, inner] = outline(decode(packet));
  expect(outer).toMatch(/ Geneve vni 11259375$/);
  expect(inner).toBe(innerLine);
});

test("inner IPv6 over outer IPv6", () => {
  const packet = ethernet().ipv6().udp({ dstPort: 6081 }).geneve({ vni: 5 }).ipv6().tcp();
  expect(decode(packet)).toMatchObject({ depth: 2, stop: 0 });
});

test.each([
  ["another version", toGeneve.geneve({ version: 1 }).ipv4().tcp()],
  ["another protocol type", toGeneve.geneve({ protocolType: 0x88b5 }).ipv4().tcp()],
  ["an inner version that differs", toGeneve.geneve({ protocolType: 0x86dd }).ipv4().tcp()],
  ["options beyond the datagram", toGeneve.payload(hex("3f00 0800 000000 00")).ipv4().tcp()],
  ["less than a header", toGeneve.payload(hex("0000 0800 000000"))],
  ["the port as source", ethernet().ipv4().udp({ srcPort: 6081 }).geneve().ipv4().tcp()],
])("%s stays an ordinary datagram", (_name, packet) => {
  const lines = outline(decode(packet));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain("Geneve");
});

test.each([
  ["in the header: cannot tell", 49, false, "Geneve header at 42 needs 8, has 7"],
  ["in the options, Ethernet inside: cannot tell", 52, false, "link header at 54 needs 14, has 0"],
  ["at the inner IP header that the type announced", 54, true, "IPv4 header at 54 needs 20, has 0"],
])("cut %s", (_name, snaplen, isTunnel, stop) => {
  const options = new Uint8Array(4);
  const start = toGeneve.geneve({ options, vni: 1 });
  const packet = isTunnel ? start.ipv4().tcp() : start.ethernet().ipv4().tcp();
  const lines = outline(decode(concat(packet.bytes()), { snaplen }));
  expect(lines.at(-1)).toBe(`stop Truncated: ${stop} (Captured)`);
  expect(lines[0]?.includes("Geneve")).toBe(isTunnel);
});
