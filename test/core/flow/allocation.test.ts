/**
 * Goal: decoding and observing a packet allocates nothing. Method: a child process with a young generation of 1 MiB runs two
 * million packets of known flows and counts garbage collections; even 16 bytes per packet would be about thirty. No clock is
 * asked, so that the speed of the machine does not matter. A planted variant that keeps one small object per packet must be
 * caught by the same count.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import { concat } from "../../support/bytes.ts";
import { a, dnsResponse } from "../../support/dns-message.ts";
import { ethernet, type PacketBuilder, sll2 } from "../../support/packet.ts";
import { ROOT } from "../../support/repository.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const PACKETS = 2_000_000;

/** Exports `run`: decodes and observes `count` packets of the frames in turn; `planted` is called for each. */
const PROGRAM = `
import { performance, PerformanceObserver } from "node:perf_hooks";
import { readFileSync } from "node:fs";
import { FlowTable } from "${ROOT}src/core/flow/flow-table.ts";
import { decodeFrame } from "${ROOT}src/core/wire/decode-link.ts";
import { PacketView } from "${ROOT}src/core/wire/packet-view.ts";
import { defaultWireSettings } from "${ROOT}src/core/wire/settings.ts";

const [file, lengths, linkTypes, variant] = process.argv.slice(2);
const bytes = readFileSync(file);
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const frameLengths = Int32Array.from(JSON.parse(lengths));
const frameLinkTypes = Int32Array.from(JSON.parse(linkTypes));
const packet = new PacketView(defaultWireSettings());
const table = new FlowTable();
table.beginCapture(0);
let kept = null;
let record = 0;

function turn(plant) {
  let offset = 0;
  for (let i = 0; i < frameLengths.length; i++) {
    const length = frameLengths[i];
    decodeFrame(view, offset, length, length, frameLinkTypes[i], packet);
    record += 1;
    const seconds = 1_700_000_000 + (record >>> 10);
    table.observe(packet, view, record, seconds, record & 1023, length, 0, frameLinkTypes[i]);
    if (plant) kept = { record, port: packet.layers[0].srcPort };
    offset += length;
  }
}

function run(packets, plant) {
  for (let done = 0; done < packets; done += frameLengths.length) turn(plant);
}

let collections = 0;
const observer = new PerformanceObserver((list) => { collections += list.getEntries().length; });
const plant = variant === "planted";
run(400_000, plant);
await new Promise((resolve) => setTimeout(resolve, 50));
observer.observe({ entryTypes: ["gc"] });
run(${PACKETS}, plant);
await new Promise((resolve) => setTimeout(resolve, 50));
collections += observer.takeRecords().length;
const { inConnections } = table.accounting();
console.log(JSON.stringify({ collections, rows: table.rows, record, inConnections, kept: kept !== null }));
`;

/** Both directions of some flows of each kind that the hot path knows. */
function frames(): { readonly builder: PacketBuilder; readonly linkType: number }[] {
  const all: { builder: PacketBuilder; linkType: number }[] = [];
  for (let host = 1; host <= 20; host++) {
    const ends = { src: `10.0.0.${host}`, dst: "10.0.1.1" };
    const back = { src: ends.dst, dst: ends.src };
    const v6 = { src: `fd00::${host}`, dst: "fd00:1::1" };
    const eth = ethernet();
    const tunnel = eth.ipv4({ src: "192.168.0.1", dst: "192.168.0.2" }).udp({ dstPort: 4789 });
    const builders = [
      eth.ipv4(ends).tcp({ flags: "S", seq: 0xf000_0000 + host }),
      eth
        .ipv4(back)
        .tcp({ srcPort: 80, dstPort: 40000, flags: "SA", seq: 5, ack: 0xf000_0001 + host }),
      eth
        .ipv4(ends)
        .tcp({ flags: "PA", seq: 0xf000_0001 + host })
        .payload("GET / HTTP/1.1\r\nHost: a"),
      eth.ipv4(ends).udp({ dstPort: 53 }).payload("a question of some bytes to hash"),
      eth
        .ipv4(back)
        .udp({ srcPort: 53, dstPort: 40000 })
        .payload(dnsResponse({ id: host, records: [a("www.example.com", ends.src)] })),
      eth.ipv6(v6).udp({ dstPort: 53 }).payload("x"),
      eth
        .vlan(100 + host)
        .ipv4(ends)
        .icmpv4({ id: 1, sequence: host })
        .payload("ping"),
      tunnel
        .vxlan({ vni: host })
        .ethernet()
        .ipv4(ends)
        .tcp({ flags: "A", seq: 9 })
        .payload("inner"),
      eth
        .ipv4({ ...ends, id: host, moreFragments: true })
        .udp({ dstPort: 9 })
        .payload("12345678"),
      eth.ipv4({ ...ends, id: host, fragmentOffset: 16, protocol: 17 }).payload("the rest"),
      eth.arp(),
    ];
    for (const builder of builders) all.push({ builder, linkType: 1 });
    const cooked = sll2({ interfaceIndex: host }).ipv4(ends).udp({ dstPort: 123 });
    all.push({ builder: cooked.payload("time"), linkType: 276 });
  }
  return all;
}

describe("the way of a packet", () => {
  const all = frames();
  const bytes = all.map(({ builder }) => builder.bytes());
  let program = "";

  beforeAll(async () => {
    const build = await rolldown({
      input: "entry",
      platform: "node",
      plugins: [
        {
          name: "entry",
          resolveId: (id) => (id === "entry" ? id : null),
          load: (id) => (id === "entry" ? PROGRAM : null),
        },
      ],
    });
    const { output } = await build.generate({ format: "esm" });
    program = output[0].code;
  });

  async function run(variant: string): Promise<Record<string, number>> {
    const directory = temporaryDirectory({ "run.mjs": program, frames: concat(...bytes) });
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--max-semi-space-size=1",
      join(directory, "run.mjs"),
      join(directory, "frames"),
      JSON.stringify(bytes.map((frame) => frame.length)),
      JSON.stringify(all.map(({ linkType }) => linkType)),
      variant,
    ]);
    return JSON.parse(stdout);
  }

  test("allocates nothing once its flows are known", async () => {
    const result = await run("plain");
    expect(result.collections).toBe(0);
    expect(result.record).toBeGreaterThanOrEqual(PACKETS);
    expect(result.rows).toBeGreaterThan(all.length / 2);
    expect(result.inConnections).toBeGreaterThan(PACKETS * 0.9);
  });

  test("with one planted object per packet is caught", async () => {
    const result = await run("planted");
    expect(result.kept).toBe(true);
    expect(result.collections).toBeGreaterThan(10);
  });
});
