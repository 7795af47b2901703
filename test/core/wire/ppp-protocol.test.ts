/** Goal: the numbers of PPP's protocol field (RFC 1661). Method: each of them in front of what it announces. */
import { expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { hex } from "../../support/bytes.ts";
import { decode } from "../../support/decode.ts";
import { raw } from "../../support/packet.ts";

const mpls = "00010140"; // label 16, bottom of stack
const ipv4 = raw().ipv4().udp().bytes();
const ipv6 = raw().ipv6().udp().bytes();

test.each([
  ["0021", ipv4, 1],
  ["0057", ipv6, 1],
  [`0281${mpls}`, ipv4, 1],
  [`0283${mpls}`, ipv6, 1],
  ["0057", ipv4, 0],
  ["8021", ipv4, 0],
])("%s", (header, packet, depth) => {
  const frame = raw().payload(hex(header)).payload(packet);
  expect(decode(frame, { linkType: LinkType.Ppp }).depth).toBe(depth);
});
