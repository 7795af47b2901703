/**
 * Goal: what the decoders could not read is told with layer, place and numbers, and ordinary traffic is not. Method: captures of
 * a few real frames, cut or broken, through the pipeline.
 */
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/core/analyze.ts";
import { pcapFile } from "../support/capture.ts";
import { ethernet, type PacketBuilder } from "../support/packet.ts";

const SYN = ethernet()
  .ipv4({ src: "10.0.1.11", dst: "10.0.2.21" })
  .tcp({ srcPort: 40000, dstPort: 80, flags: "S" });

function sourceOf(bytes: Uint8Array) {
  let offset = 0;
  return {
    readInto(target: Uint8Array): number {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      offset += part.length;
      return part.length;
    },
  };
}

async function diagnose(frames: readonly Uint8Array[], linkType = 1) {
  const bytes = pcapFile(frames, { linkType });
  const job = { file: "n1.pcap", label: null, source: sourceOf(bytes) };
  return (await analyze([job], [])).diagnostics;
}

describe("decode diagnostics", () => {
  test("a snaplen inside the TCP header is told with the bytes it needed and had", async () => {
    const frame = SYN.bytes();
    const [found] = await diagnose([frame, frame.subarray(0, 14 + 20 + 6)]);
    expect(found).toMatchObject({
      code: "wire.header-cut",
      severity: "warning",
      count: 1,
      first: { file: "n1.pcap", record: 2 },
      message: "TCP header at byte 34 of the frame needs 20 bytes, 6 were captured",
    });
  });

  test("a header that contradicts itself is malformed, and counted once a record", async () => {
    const frame = SYN.bytes();
    frame[14] = 0x42; // IPv4 with a header of 8 bytes
    const [found] = await diagnose([frame, frame]);
    expect(found).toMatchObject({ code: "wire.malformed", count: 2, first: { record: 1 } });
    expect(found?.message).toContain("IPv4 header at byte 14");
  });

  test("more headers than podpath follows are too deep", async () => {
    let nested: PacketBuilder = ethernet();
    for (let layer = 0; layer < 12; layer++) nested = nested.ipv4();
    const [found] = await diagnose([nested.udp({ dstPort: 9 }).bytes()]);
    expect(found).toMatchObject({ code: "wire.too-deep", count: 1 });
    expect(found?.message).toContain("lies too deep");
  });

  test("a link type without a decoder is an error that names it", async () => {
    const [found] = await diagnose([SYN.bytes()], 189);
    expect(found).toMatchObject({
      code: "wire.unknown-link-type",
      severity: "error",
      message: "link type USB_LINUX is not decoded",
    });
  });

  test("fragments that overlap are told with the first of them", async () => {
    const part = (fragmentOffset: number, length: number, moreFragments: boolean) =>
      ethernet()
        .ipv4({ id: 7, protocol: 17, fragmentOffset, moreFragments })
        .payload(new Uint8Array(length))
        .bytes();
    const found = await diagnose([part(0, 32, true), part(24, 16, true), part(40, 8, false)]);
    expect(found).toMatchObject([
      { code: "wire.fragments-overlap", severity: "warning", count: 1, first: { record: 2 } },
    ]);
  });

  test("a frame of another protocol on a readable link, such as LLDP, is ordinary", async () => {
    expect(await diagnose([ethernet({ etherType: 0x88cc }).payload("x").bytes()])).toEqual([]);
  });

  test("ARP and whole packets are ordinary", async () => {
    expect(await diagnose([SYN.bytes(), ethernet().arp().bytes()])).toEqual([]);
  });
});
