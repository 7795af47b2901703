/** Goal: the authentication header's odd length field (4-byte units less two) is understood. Method: header bytes by hand. */
import { expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const AH = { protocol: 51 };

test.each([
  ["without a check value", "06 01 00 00 00000001 00000001"],
  ["with 12 bytes of it", "06 04 00 00 00000001 00000001 000000000000000000000000"],
])("%s it is stepped over", (_name, header) => {
  expect(outline(decode(ethernet().ipv4().header(hex(header), AH).tcp()))).toEqual([
    "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0",
  ]);
});

test.each([
  [
    "too small a length",
    "06 00 00 00 00000001 00000001",
    0,
    "stop Malformed: IPv6 extension header at 34 needs 12, has 8 (HeaderLength)",
  ],
  [
    "too large a length",
    "06 ff 00 00 00000001 00000001",
    0,
    "stop Malformed: IPv6 extension header at 34 needs 1028, has 32 (Ipv4TotalLength)",
  ],
  [
    "a cut header",
    "06 01 00 00 00000001 00000001",
    40,
    "stop Truncated: IPv6 extension header at 34 needs 12, has 6 (Captured)",
  ],
])("%s stops", (_name, header, snaplen, stop) => {
  const packet = ethernet().ipv4().header(hex(header), AH).tcp();
  const lines = outline(decode(packet, snaplen === 0 ? {} : { snaplen }));
  expect(lines).toEqual(["10.0.1.10 > 10.0.2.20 protocol 51 payload 32", stop]);
});
