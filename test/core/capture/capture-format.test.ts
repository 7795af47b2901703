import { describe, expect, it } from "vitest";
import { describeForeignFormat, sniffCapture } from "../../../src/core/capture/capture-format.ts";
import { concat, hex } from "../../support/bytes.ts";
import { pcapFile, pcapngFile } from "../../support/capture.ts";

describe("sniffCapture", () => {
  it.each([
    ["microseconds", "d4c3b2a1", "a1b2c3d4"],
    ["nanoseconds", "4d3cb2a1", "a1b23c4d"],
    ["modified", "34cdb2a1", "a1b2cd34"],
  ])("knows classic pcap with %s in both byte orders", (_name, little, big) => {
    expect(sniffCapture(hex(little))).toBe("pcap");
    expect(sniffCapture(hex(big))).toBe("pcap");
  });

  it("knows pcapng in both byte orders by its second magic number", () => {
    expect(sniffCapture(hex("0a0d0d0a 1c000000 4d3c2b1a"))).toBe("pcapng");
    expect(sniffCapture(hex("0a0d0d0a 0000001c 1a2b3c4d"))).toBe("pcapng");
    expect(sniffCapture(hex("0a0d0d0a 0000001c 00000000"))).toBeNull();
    expect(sniffCapture(hex("0a0d0d0a 00"))).toBe("pcapng");
  });

  it("knows nothing else", () => {
    for (const text of ["", "d4c3b2", "00000000", "7b226974656d73223a5b"]) {
      expect(sniffCapture(hex(text))).toBeNull();
    }
  });
});

describe("describeForeignFormat", () => {
  const text = new TextEncoder().encode("tcpdump: listening on eth0, link-type EN10MB\n");

  it.each([
    ["pcap", pcapFile([Uint8Array.of(1)])],
    ["pcapng", pcapngFile([Uint8Array.of(1)])],
  ])("finds a %s behind tcpdump's messages and says where it begins", (_name, capture) => {
    const found = describeForeignFormat(concat(text, capture));
    expect(found?.name).toContain(`behind ${text.length} bytes of text`);
    expect(found?.advice).toContain(`tail -c +${text.length + 1}`);
  });

  it.each([
    ["a snoop capture", "736e6f6f70000000 00000002"],
    ["xz", "fd377a585a00 0004"],
    ["bzip2", "425a6839 3141"],
    ["changed line ends", "0a0a0a 1c0000004d3c2b1a"],
    ["changed line ends", "0d0a0d0d0a 1c0000004d3c2b1a"],
  ])("names %s", (name, bytes) => {
    expect(describeForeignFormat(hex(bytes))?.name).toContain(name);
  });

  it("says nothing of what it does not know", () => {
    expect(describeForeignFormat(hex("00010203"))).toBeNull();
    expect(describeForeignFormat(hex(""))).toBeNull();
  });
});
