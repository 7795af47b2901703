/** Goal: an 802.3 length is not an ethertype, SNAP brings one all the same. Method: LLC headers by hand. */
import { describe, expect, test } from "vitest";
import { ascii, concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet, raw } from "../../support/packet.ts";

const ip = raw().ipv4().udp().bytes();
const llc = (header: string, rest: Uint8Array = ip) =>
  ethernet({ etherType: hex(header).length + rest.length }).payload(concat(hex(header), rest));

describe("SNAP with a zero OUI", () => {
  const packet = llc("aa aa 03 00 00 00 08 00");

  test("is as good as an ethertype", () => {
    expect(outline(decode(packet))).toEqual([
      "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0",
    ]);
    expect(decode(packet).etherType).toBe(0x0800);
  });

  checkDecoder(packet);
});

test.each([
  ["SNAP of another organisation", "aa aa 03 00 00 0c 20 00"],
  ["spanning tree", "42 42 03"],
  ["an LLC frame shorter than SNAP", "e0 e0"],
])("%s is not IP", (_name, header) => {
  const view = decode(llc(header, ascii("bpdu")));
  expect([view.etherType, ...outline(view)]).toEqual([0, "stop Unsupported: link header at 14"]);
});

test("a cut SNAP header cannot be told", () => {
  expect(outline(decode(llc("aa aa 03 00 00 00 08 00"), { snaplen: 20 }))).toEqual([
    "stop Truncated: link header at 14 needs 8, has 6 (Captured)",
  ]);
});
