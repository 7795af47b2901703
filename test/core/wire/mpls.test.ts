/** Goal: IP under a stack of labels. Method: stacks of every height, and what is no IP below them. */
import { describe, expect, test } from "vitest";
import { MAX_MPLS_LABELS } from "../../../src/core/limits.ts";
import { concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet, type PacketBuilder, raw } from "../../support/packet.ts";

const LABEL = "00010040"; // label 16, TTL 64
const BOTTOM = "00010140";

function stack(height: number, etherType = 0x8847): PacketBuilder {
  const labels = [...Array(height - 1).fill(LABEL), BOTTOM].map((label: string) => hex(label));
  return ethernet().header(concat(...labels), { etherType });
}

test.each([1, 2, MAX_MPLS_LABELS])("%i labels", (height) => {
  expect(decode(stack(height).ipv4().udp())).toMatchObject({
    depth: 1,
    stop: 0,
    etherType: 0x8847,
  });
  expect(decode(stack(height, 0x8848).ipv6().udp())).toMatchObject({ depth: 1, stop: 0 });
});

test("one label more than the limit", () => {
  expect(
    outline(
      decode(
        stack(MAX_MPLS_LABELS + 1)
          .ipv4()
          .udp(),
      ),
    ),
  ).toEqual(["stop TooDeep: MPLS label at 78 needs 17, has 16 (HeaderLength)"]);
});

test("a pseudowire's control word is not opened", () => {
  expect(outline(decode(stack(1).payload(hex("00000000")).ethernet().ipv4()))).toEqual([
    "stop Unsupported: MPLS label at 18",
  ]);
});

test.each([
  ["a cut label", 17, "stop Truncated: MPLS label at 14 needs 5, has 3 (Captured)"],
  ["a label and nothing", 18, "stop Truncated: MPLS label at 14 needs 5, has 4 (Captured)"],
])("%s", (_name, snaplen, stop) => {
  expect(outline(decode(stack(1).ipv4().udp(), { snaplen }))).toEqual([stop]);
});

describe("damage", () => {
  checkDecoder(stack(2).ipv4().udp());
});

test("labels may be the link header (LINKTYPE_MPLS)", () => {
  const packet = raw().payload(hex(BOTTOM)).ipv4().udp();
  expect(decode(packet, { linkType: 219 })).toMatchObject({ depth: 1, stop: 0 });
});
