/** Goal: link types without a header. Method: the same packets under each of them (LINKTYPE_RAW, IPV4, IPV6 and two DLT_RAW). */
import { describe, expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { raw } from "../../support/packet.ts";

const ipv4 = raw().ipv4().udp();
const ipv6 = raw().ipv6().udp();

test.each([LinkType.Raw, LinkType.RawDlt, LinkType.RawDltOpenBsd])("link type %i", (linkType) => {
  expect(decode(ipv4, { linkType })).toMatchObject({ depth: 1, stop: 0, hasMac: 0, etherType: 0 });
  expect(decode(ipv6, { linkType })).toMatchObject({ depth: 1, stop: 0, hasMac: 0, etherType: 0 });
});

test("LINKTYPE_IPV4 and LINKTYPE_IPV6 insist on theirs", () => {
  expect(decode(ipv4, { linkType: LinkType.Ipv4 }).depth).toBe(1);
  expect(decode(ipv6, { linkType: LinkType.Ipv6 }).depth).toBe(1);
  expect(outline(decode(ipv6, { linkType: LinkType.Ipv4 }))).toEqual([
    "stop Malformed: IPv4 header at 0 needs 4, has 6 (HeaderLength)",
  ]);
});

test("another version and no bytes at all", () => {
  expect(outline(decode(hex("50 00"), { linkType: LinkType.Raw }))).toEqual([
    "stop Malformed: link header at 0 needs 1, has 2 (HeaderLength)",
  ]);
  expect(outline(decode(hex(""), { linkType: LinkType.Raw }))).toEqual([
    "stop Truncated: link header at 0 needs 1, has 0 (Captured)",
  ]);
});

describe("damage", () => {
  checkDecoder(ipv4, { linkType: LinkType.Raw });
});
