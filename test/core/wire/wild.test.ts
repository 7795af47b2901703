/**
 * Goal: real packets are read as others read them. Method: every record of the public corpus ends in a sound view without a
 * read past its bytes; the lab's captures give the addresses, ports, sequence numbers and lengths that tshark gives.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { formatAddress, parseAddress } from "../../../src/core/address/ip-text.ts";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { type IpLayer, PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { soundnessProblems, tightView } from "../../support/decode.ts";
import { type ReadRecord, readCapture } from "../../support/read-capture.ts";
import { ROOT } from "../../support/repository.ts";

const CORPUS = `${ROOT}../shared/corpus/captures/`;
const LAB = `${ROOT}../shared/lab/public/`;
const hasCorpus = existsSync(CORPUS);
const hasTshark = spawnSync("tshark", ["--version"]).error === undefined;
const hasLab = existsSync(LAB) && hasTshark;
if (!hasCorpus) console.warn("skipped: no corpus at ../shared/corpus");
if (!hasLab) console.warn("skipped: no lab at ../shared/lab, or no tshark to compare with");

const view = new PacketView(defaultWireSettings());

function decodeRecord(record: ReadRecord): PacketView {
  const frame = tightView(Buffer.from(record.frame, "hex"));
  decodeFrame(frame, 0, record.capturedLength, record.wireLength, record.linkType, view);
  return view;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

describe.skipIf(!hasCorpus)("the public corpus (../shared/corpus)", () => {
  test("every record ends in a sound view", { timeout: 300_000 }, async () => {
    const problems: string[] = [];
    let records = 0;
    let withIp = 0;
    for (const file of filesIn(CORPUS)) {
      const capture = await readCapture(readFileSync(file));
      for (const record of capture.records) {
        records++;
        const found = soundnessProblems(decodeRecord(record));
        if (found.length > 0) problems.push(`${file} ${record.record}: ${found.join(", ")}`);
        if (view.depth > 0) withIp++;
      }
    }
    expect(problems).toEqual([]);
    // The corpus has ARP, 802.11 and fuzzers' findings too; most of it is IP.
    expect(records).toBeGreaterThan(50_000);
    expect(withIp / records).toBeGreaterThan(0.9);
  });
});

/** tshark's fields, all occurrences, from the outermost header to the innermost, quoted packets of ICMP errors included. */
const FIELDS = [
  "frame.number",
  "ip.src",
  "ip.dst",
  "ip.ttl",
  "ipv6.src",
  "ipv6.dst",
  "ipv6.hlim",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.seq_raw",
  "tcp.len",
  "tcp.flags",
  "udp.srcport",
  "udp.dstport",
  "udp.length",
  "icmp.type",
  "icmpv6.type",
  "vxlan.vni",
  "geneve.vni",
] as const;
type Field = (typeof FIELDS)[number];

function tsharkRows(file: string): Map<number, Record<Field, string[]>> {
  const options = [
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
    "tcp.desegment_tcp_streams:FALSE",
  ];
  const { stdout } = spawnSync(
    "tshark",
    [
      ...["-n", "-r", file, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"],
      ...["-d", "udp.port==8472,vxlan"],
      ...options.flatMap((option) => ["-o", option]),
      ...FIELDS.flatMap((field) => ["-e", field]),
    ],
    { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
  );
  const rows = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const values = line.split("\t").map((value) => (value === "" ? [] : value.split(",")));
      return Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? []])) as Record<
        Field,
        string[]
      >;
    });
  return new Map(rows.map((row) => [Number(row["frame.number"][0]), row]));
}

/** The same columns from our view; the quoted packet is the last layer of its kind, as in tshark's. */
function ourRow(packet: PacketView): Record<Field, string[]> {
  const layers: readonly IpLayer[] = packet.layers.slice(0, packet.depth);
  const quoting = layers.some((layer) => layer.hasQuoted === 1);
  const all = quoting ? [...layers, packet.quoted] : layers;
  const v4 = all.filter((layer) => layer.version === 4);
  const v6 = all.filter((layer) => layer.version === 6);
  const tcp = all.filter((layer) => layer.protocol === 6 && layer.hasPorts === 1);
  const udp = all.filter((layer) => layer.protocol === 17 && layer.hasPorts === 1);
  const read = <T>(of: readonly T[], value: (one: T) => number | string): string[] =>
    of.map((one) => String(value(one)));
  return {
    "frame.number": [],
    "ip.src": read(v4, (l) => formatAddress(4, [l.src0, 0, 0, 0])),
    "ip.dst": read(v4, (l) => formatAddress(4, [l.dst0, 0, 0, 0])),
    "ip.ttl": read(v4, (l) => l.ttl),
    "ipv6.src": read(v6, (l) => formatAddress(6, [l.src0, l.src1, l.src2, l.src3])),
    "ipv6.dst": read(v6, (l) => formatAddress(6, [l.dst0, l.dst1, l.dst2, l.dst3])),
    "ipv6.hlim": read(v6, (l) => l.ttl),
    "tcp.srcport": read(tcp, (l) => l.srcPort),
    "tcp.dstport": read(tcp, (l) => l.dstPort),
    "tcp.seq_raw": read(tcp, (l) => l.tcpSequence),
    "tcp.len": read(tcp, (l) => l.payloadLength),
    "tcp.flags": read(tcp, (l) => l.tcpFlags),
    "udp.srcport": read(udp, (l) => l.srcPort),
    "udp.dstport": read(udp, (l) => l.dstPort),
    "udp.length": read(udp, (l) => l.payloadLength + 8),
    "icmp.type": read(
      layers.filter((l) => l.protocol === 1 && l.icmpType >= 0),
      (l) => l.icmpType,
    ),
    "icmpv6.type": read(
      layers.filter((l) => l.protocol === 58 && l.icmpType >= 0),
      (l) => l.icmpType,
    ),
    "vxlan.vni": read(
      layers.filter((l) => l.encapsulation === 1),
      (l) => l.vni,
    ),
    "geneve.vni": read(
      layers.filter((l) => l.encapsulation === 2),
      (l) => l.vni,
    ),
  };
}

/** tshark's spellings brought to ours. */
function normalized(field: Field, values: readonly string[]): string[] {
  return values.map((value) => {
    if (field.endsWith(".src") || field.endsWith(".dst")) return parseAddress(value)?.text ?? value;
    // Twelve bits with the reserved ones; we keep the eight of RFC 9293.
    if (field === "tcp.flags") return String(Number(value) & 0xff);
    return String(Number(value));
  });
}

/** Numbers of a quoted packet that is cut are tshark's guesswork, and ours to leave out. */
const NOT_OF_QUOTES: ReadonlySet<Field> = new Set([
  "tcp.seq_raw",
  "tcp.len",
  "tcp.flags",
  "udp.length",
  "icmp.type",
  "icmpv6.type",
]);

/** Of a fragment we say how much of it is there, tshark how long the whole would be (UDP) or cuts the inner packet (TCP). */
const NOT_OF_FRAGMENTS: ReadonlySet<Field> = new Set(["tcp.len", "udp.length"]);

/** One capture per scenario of the lab; of the overlays, those of the nodes' first interface. */
const labCaptures = hasLab
  ? readdirSync(LAB).flatMap((scenario) => {
      const folder = `${LAB}${scenario}/captures`;
      if (!existsSync(folder)) return [];
      const files = filesIn(folder).filter((file) => /\.(?:pcap|pcapng)$/.test(file));
      return scenario.startsWith("06")
        ? files.filter((file) => /n1\.(?:eth0|any\.sll2)\.pcap$/.test(file))
        : files.slice(0, 1);
    })
  : [];

describe.skipIf(!hasLab)("the lab's captures against tshark (../shared/lab)", () => {
  test.each(labCaptures.map((file) => file.slice(LAB.length)))("%s", async (name) => {
    const capture = await readCapture(readFileSync(`${LAB}${name}`));
    const rows = tsharkRows(`${LAB}${name}`);
    expect(rows.size).toBe(capture.records.length);
    const differences: string[] = [];
    for (const record of capture.records) {
      const theirs = rows.get(record.record);
      const packet = decodeRecord(record);
      const ours = ourRow(packet);
      const layers = packet.layers.slice(0, packet.depth);
      const quotes = layers.some((layer) => layer.hasQuoted === 1);
      const isFragment = layers.some((layer) => layer.moreFragments === 1);
      for (const field of FIELDS.slice(1)) {
        if (quotes && NOT_OF_QUOTES.has(field)) continue;
        if (isFragment && NOT_OF_FRAGMENTS.has(field)) continue;
        // A cut TCP header ends tshark's columns early.
        const expected = normalized(field, theirs?.[field] ?? []);
        const seen = packet.stop === 1 ? ours[field].slice(0, expected.length) : ours[field];
        if (seen.join() !== expected.join()) {
          differences.push(
            `${record.record} ${field}: ours ${seen.join()}, tshark ${expected.join()}`,
          );
        }
      }
    }
    expect(differences).toEqual([]);
  });
});
