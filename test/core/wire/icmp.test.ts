/** Goal: the header that ICMP and ICMPv6 share says the same in both. Method: one message in either. */
import { expect, test } from "vitest";
import { decode, innermost } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const fields = { code: 2, id: 0xffff, sequence: 0xfffe };

test.each([
  [
    "ICMP",
    ethernet()
      .ipv4()
      .icmpv4({ ...fields, type: 8 }),
  ],
  [
    "ICMPv6",
    ethernet()
      .ipv6()
      .icmpv6({ ...fields, type: 128 }),
  ],
])("%s", (_name, packet) => {
  const layer = innermost(decode(packet.payload("data")));
  expect(layer).toMatchObject({
    icmpCode: 2,
    icmpSequence: 0xfffe,
    srcPort: 0xffff,
    dstPort: 0xffff,
    payloadLength: 4,
  });
  expect(layer.payloadOffset - layer.transportOffset).toBe(8);
});

test("a message shorter than its header contradicts the packet", () => {
  const view = decode(ethernet({ pad: true }).ipv4({ protocol: 1 }).payload("\x08\x00"));
  expect(view).toMatchObject({ depth: 1, stop: 2, stopRequired: 8, stopAvailable: 2 });
  expect(innermost(view)).toMatchObject({
    icmpType: 8,
    icmpCode: 0,
    hasPorts: 0,
    payloadLength: 0,
  });
});
