/**
 * Goal: what may have to do with another row is never taken for alone, and a crowd that has not stays numbers. Method: two or a few
 * packets that share one thing; how many rows were made is counted, never timed.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { RowColumns } from "../../../src/core/flow/row-columns.ts";
import { bothWays } from "../../support/both-ways.ts";
import { pcapFile } from "../../support/capture.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";
import { memorySource } from "../../support/read-capture.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const jobs = (captures: readonly (readonly PacketBuilder[])[]) =>
  captures.map((packets, index) => ({
    file: `${index}.pcap`,
    label: null,
    source: memorySource(pcapFile(packets.map((packet) => ({ packet })))),
  }));

/** How many connections are a row by itself, of how many. */
async function alone(...captures: (readonly PacketBuilder[])[]): Promise<[number, number]> {
  const { numbers } = await bothWays(jobs(captures), []);
  const { connections, lone } = numbers.correlation;
  const rows = Array.from(connections, ({ index }) => lone?.rowOf(index) ?? -1);
  return [rows.filter((row) => row >= 0).length, rows.length];
}

const tcp = (src: string, dst: string, ttl: number, fields: object) =>
  ethernet().ipv4({ src, dst, ttl }).tcp(fields);
const SYN = { flags: "S", seq: 7_000 };

describe("TCP", () => {
  test("two SYNs that share nothing stand alone", async () => {
    const packets = [
      tcp("10.0.0.1", "10.0.0.9", 64, SYN),
      tcp("10.0.0.2", "10.0.0.9", 64, { ...SYN, seq: 8_000 }),
    ];
    expect(await alone(packets)).toEqual([2, 2]);
  });

  test("one SYN before and after a rewrite does not: the TTL has fallen, or the place is another", async () => {
    const before = tcp("10.0.0.1", "10.0.0.9", 64, SYN);
    const after = tcp("10.0.0.2", "10.0.0.9", 63, SYN);
    expect(await alone([before, after])).toEqual([0, 1]);
    expect(await alone([before], [tcp("10.0.0.2", "10.0.0.9", 64, SYN)])).toEqual([0, 1]);
  });

  test("a scanner that sends one number to everybody stays numbers: one place, one TTL", async () => {
    const targets = Array.from({ length: 20 }, (_, i) =>
      tcp("10.0.0.1", `10.0.1.${i + 1}`, 64, SYN),
    );
    expect(await alone(targets)).toEqual([20, 20]);
  });

  test("a tuple that is seen twice is never alone, whichever way it is seen", async () => {
    const there = tcp("10.0.0.1", "10.0.0.9", 64, { flags: "A", srcPort: 5_000, dstPort: 80 });
    const back = tcp("10.0.0.9", "10.0.0.1", 64, { flags: "A", srcPort: 80, dstPort: 5_000 });
    expect(await alone([there], [back])).toEqual([0, 1]);
  });

  test("one that began before the capture is tied to a kept end with the same numbers, and to no other", async () => {
    const talk = (client: string, ttl: number, seq: number) => [
      tcp(client, "10.0.0.9", ttl, { flags: "PA", seq, srcPort: 5_000 }).payload("ask"),
      tcp("10.0.0.9", client, ttl, {
        flags: "PA",
        seq: seq + 9_000,
        srcPort: 80,
        dstPort: 5_000,
      }).payload("say"),
    ];
    const inside = talk("10.0.0.1", 64, 1_000);
    expect(await alone([...inside, ...talk("10.0.0.2", 63, 1_000)])).toEqual([0, 1]);
    expect(await alone([...inside, ...talk("10.0.0.2", 63, 900_000)])).toEqual([2, 2]);
  });
});

describe("datagrams", () => {
  const udp = (src: string, ttl: number, payload: string, id = 0) =>
    ethernet().ipv4({ src, dst: "10.0.0.9", ttl, id }).udp({ dstPort: 53 }).payload(payload);

  test("the same payload before and after a rewrite ties two rows", async () => {
    expect(await alone([udp("10.0.0.1", 64, "query"), udp("10.0.0.2", 63, "query")])).toEqual([
      0, 1,
    ]);
  });

  test("two hosts that say the same with one TTL, or with identifications that differ, are two", async () => {
    expect(await alone([udp("10.0.0.1", 64, "hello"), udp("10.0.0.2", 64, "hello")])).toEqual([
      2, 2,
    ]);
    const told = [udp("10.0.0.1", 64, "hello", 5), udp("10.0.0.2", 63, "hello", 6)];
    expect(await alone(told)).toEqual([2, 2]);
  });

  test("a packet inside a tunnel and the tunnel itself are not alone", async () => {
    const inner = ethernet()
      .ipv4({ src: "10.1.0.1", dst: "10.1.0.2" })
      .udp({ dstPort: 4789 })
      .vxlan({ vni: 1 })
      .ethernet()
      .ipv4({ src: "10.0.0.1", dst: "10.0.0.2" })
      .tcp(SYN);
    expect(await alone([inner])).toEqual([0, 2]);
  });
});

test("twice as many SYNs of a scan make no more rows: those that a finding shows, and one a profile", async () => {
  const made = async (count: number): Promise<number> => {
    const packets = Array.from({ length: count }, (_, i) =>
      tcp("10.0.0.1", `10.${i >> 12}.${(i >> 6) & 63}.${(i & 63) + 1}`, 64, {
        flags: "S",
        seq: i * 77,
      }),
    );
    const counter = vi.spyOn(RowColumns.prototype, "observation");
    const { numbers } = await bothWays(jobs([packets]), []);
    expect(numbers.classification.columns.length).toBe(count);
    const calls = counter.mock.calls.length;
    counter.mockRestore();
    return calls;
  };
  const few = await made(2_500);
  expect(await made(5_000)).toBe(few);
  expect(few).toBeLessThan(300);
});
