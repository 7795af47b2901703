/** Goal: names of DNS answers by address, the same whatever their order, within bounds. Method: packets through the decoders. */
import { describe, expect, it } from "vitest";
import { DnsNames } from "../../../src/core/flow/dns-names.ts";
import { FlowTable } from "../../../src/core/flow/flow-table.ts";
import { decode, innermost, tightView } from "../../support/decode.ts";
import { a, dnsResponse } from "../../support/dns-message.ts";
import type { PacketBuilder } from "../../support/packet.ts";
import { ethernet } from "../../support/packet.ts";

const answer = (name: string, address: string, id = 1) =>
  dnsResponse({ id, question: name, records: [a(name, address)] });
const fromResolver = (payload: Uint8Array, srcPort = 53) =>
  ethernet().ipv4({ src: "10.0.0.2" }).udp({ srcPort, dstPort: 40_000 }).payload(payload);

function observe(packets: readonly PacketBuilder[]): FlowTable {
  const table = new FlowTable();
  table.beginCapture(0);
  packets.forEach((packet, i) => {
    const bytes = packet.bytes();
    table.observe(decode(packet), tightView(bytes), i + 1, 1, 0, bytes.length, 0, 1);
  });
  return table;
}
const namesOf = (...packets: readonly PacketBuilder[]) =>
  Object.fromEntries(observe(packets).dnsNames());

describe("names from DNS answers", () => {
  it("are read from every answer of a flow, not only from its first", () => {
    expect(
      namesOf(
        fromResolver(answer("a.example", "192.0.2.1")),
        fromResolver(answer("b.example", "192.0.2.2")),
      ),
    ).toEqual({ "192.0.2.1": ["a.example"], "192.0.2.2": ["b.example"] });
  });

  it("are read inside tunnels", () => {
    const tunnel = ethernet().ipv4().udp({ dstPort: 4789 }).vxlan().ethernet();
    const inner = tunnel.ipv4().udp({ srcPort: 53, dstPort: 40_000 });
    expect(namesOf(inner.payload(answer("a.example", "192.0.2.1")))).toEqual({
      "192.0.2.1": ["a.example"],
    });
  });

  it("come from port 53 of UDP only", () => {
    const tcp = ethernet().ipv4().tcp({ srcPort: 53, dstPort: 40_000, flags: "PA" });
    expect(
      namesOf(
        fromResolver(answer("a.example", "192.0.2.1"), 5353),
        tcp.payload(answer("a.example", "192.0.2.1")),
      ),
    ).toEqual({});
  });

  it("are the first four by their text whatever the order of the answers", () => {
    const packets = ["e", "c", "a", "d", "b"].map((name) =>
      fromResolver(answer(name, "192.0.2.1")),
    );
    const expected = { "192.0.2.1": ["a", "b", "c", "d"] };
    expect(namesOf(...packets)).toEqual(expected);
    expect(namesOf(...packets.reverse())).toEqual(expected);
  });

  it("of further addresses than there is room for are counted", () => {
    const names = new DnsNames(1);
    for (const [i, id] of [1, 1, 2, 2].entries()) {
      const packet = fromResolver(answer("a.example", `192.0.2.${id}`, i));
      names.note(innermost(decode(packet)), tightView(packet.bytes()));
    }
    expect([...names.names.keys()]).toEqual(["192.0.2.1"]);
    // The second time it is known to be the same answer, though its identifier is another one.
    expect(names.dropped).toBe(1);
  });
});
