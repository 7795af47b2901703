/**
 * Goal: decoding leaves no garbage. Method: a million packets after warm-up must not grow the heap by two bytes each, and the
 * collector must not have run meanwhile; the smallest object would cost sixteen. Nothing is timed.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { PacketView } from "../../../src/core/wire/packet-view.ts";
import { looksLikeProxyHeader } from "../../../src/core/wire/proxy-protocol.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { tightView } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const frames = [
  ethernet()
    .ipv4()
    .tcp({ seq: 0xfffffff0, flags: "S", options: { mss: 1460, timestamp: 0xdeadbeef } }),
  ethernet().vlan(7).ipv6().hopByHop().udp().payload("x"),
  ethernet()
    .ipv4()
    .udp({ dstPort: 4789 })
    .vxlan({ vni: 9 })
    .ethernet()
    .ipv4()
    .tcp({ ack: 0x80000001 }),
  ethernet().ipv4().icmpv4({ type: 3 }).ipv4().tcp({ seq: 0xffffffff }),
  ethernet().ipv4().udp({ dstPort: 4789 }).payload("no overlay"),
].map((packet) => tightView(packet.bytes()));

function decodeRounds(packet: PacketView, rounds: number): number {
  let checksum = 0;
  for (let round = 0; round < rounds; round++) {
    for (const frame of frames) {
      const length = frame.byteLength;
      decodeFrame(frame, 0, length, length, 1, packet);
      checksum = (checksum + packet.depth) | 0;
      if (looksLikeProxyHeader(frame, 0, length)) checksum++;
    }
  }
  return checksum;
}

test("a million packets leave no garbage", async () => {
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  const packet = new PacketView(defaultWireSettings());
  // Optimised code is ready after some of these; the pause lets a concurrent compilation arrive.
  for (let i = 0; i < 10; i++) {
    decodeRounds(packet, 10_000);
    await delay(5);
  }
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  const checksum = decodeRounds(packet, 200_000);
  const grown = process.memoryUsage().heapUsed - before;
  await delay(5);
  observer.disconnect();
  expect(checksum).toBe(200_000 * (1 + 1 + 2 + 1 + 1));
  expect(collections).toBe(0);
  expect(grown).toBeLessThan(2_000_000);
});
