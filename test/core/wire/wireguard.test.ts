/** Goal: WireGuard is named only when port, type, reserved bytes and length agree. Method: a table. */
import { describe, expect, test } from "vitest";
import { Sealed } from "../../../src/core/wire/packet-view.ts";
import { concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost } from "../../support/decode.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";

function message(start: string, length: number, dstPort = 51871, srcPort = 40000): PacketBuilder {
  const bytes = concat(hex(start), new Uint8Array(length)).subarray(0, length);
  return ethernet().ipv4().udp({ srcPort, dstPort }).payload(bytes);
}

test.each([
  ["initiation", message("01000000", 148)],
  ["response", message("02000000", 92)],
  ["cookie", message("03000000", 64)],
  ["keepalive", message("04000000", 32)],
  ["data", message("04000000", 1424)],
  ["Calico's port", message("04000000", 64, 51820)],
  ["Calico's IPv6 port", message("04000000", 64, 51821)],
  ["the port at the source", message("04000000", 64, 40000, 51820)],
])("%s", (_name, packet) => {
  expect(innermost(decode(packet))).toMatchObject({ sealed: Sealed.WireGuard, hasPorts: 1 });
});

test.each([
  ["another port", message("04000000", 64, 51872)],
  ["another type", message("05000000", 64)],
  ["type 0", message("00000000", 64)],
  ["a reserved byte", message("04000001", 64)],
  ["an initiation of another length", message("01000000", 149)],
  ["data that is not padded", message("04000000", 65)],
  ["data shorter than its header", message("04000000", 16)],
  ["three bytes", message("040000", 3)],
])("%s is not WireGuard", (_name, packet) => {
  expect(decode(packet)).toMatchObject({ stop: 0, depth: 1 });
  expect(innermost(decode(packet)).sealed).toBe(Sealed.None);
});

test("a snaplen changes nothing: lengths are the header's", () => {
  expect(innermost(decode(message("04000000", 1424), { snaplen: 46 })).sealed).toBe(
    Sealed.WireGuard,
  );
  expect(innermost(decode(message("04000000", 1424), { snaplen: 45 })).sealed).toBe(Sealed.None);
});

describe("damage", () => {
  checkDecoder(message("04000000", 64));
});
