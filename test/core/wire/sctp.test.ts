/** Goal: the ports of SCTP. Method: the common header by hand. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const header = hex("0b59 8e3c 00000e50 00000000"); // 2905 > 36412, tag, checksum
const packet = ethernet()
  .ipv4()
  .sctp({ srcPort: 2905, dstPort: 36412, verificationTag: 0xe50 })
  .payload("chunk");

test("the header is the same from the builder and by hand", () => {
  expect(packet.bytes().subarray(34, 46)).toEqual(header);
});

test("ports and payload", () => {
  expect(outline(decode(packet))).toEqual([
    "10.0.1.10:2905 > 10.0.2.20:36412 protocol 132 payload 5",
  ]);
  expect(innermost(decode(packet))).toMatchObject({ payloadOffset: 46, payloadEnd: 51 });
});

test("of a cut header the ports are read", () => {
  expect(outline(decode(packet, { snaplen: 38 }))).toEqual([
    "10.0.1.10:2905 > 10.0.2.20:36412 protocol 132 payload 5",
    "stop Truncated: SCTP header at 34 needs 12, has 4 (Captured)",
  ]);
});

describe("damage", () => {
  checkDecoder(packet);
});
