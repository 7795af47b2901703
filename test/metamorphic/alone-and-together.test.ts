/**
 * Goal: a row that stands alone gets the connection, the verdict and the findings that it would get among all others. Method: the
 * same captures with rows as numbers and with every row made, compared connection by connection. The random captures have few
 * addresses, ports, sequence numbers, payloads and TTLs, so that rows share what ties them, or nearly; samples and synthetic
 * clusters have snapshots.
 */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CaptureJob } from "../../src/core/analysis.ts";
import { traitsOf } from "../../src/core/classify/classified-list.ts";
import { lonePacketTraits } from "../../src/core/classify/lone-traits.ts";
import { FINDING_RULES } from "../../src/core/classify/rule-list.ts";
import { Trait } from "../../src/core/classify/traits.ts";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { openInputs } from "../../src/node/open-inputs.ts";
import { type BothWays, bothWays, type OneWay } from "../support/both-ways.ts";
import { pcapFile } from "../support/capture.ts";
import { ethernet, type PacketBuilder } from "../support/packet.ts";
import { memorySource } from "../support/read-capture.ts";
import { ROOT } from "../support/repository.ts";
import { captureFlows } from "../support/synthetic-captures.ts";
import { buildCluster, clusterPlan } from "../support/synthetic-cluster.ts";
import { buildFlows, flowPlan } from "../support/synthetic-flows.ts";
import { snapshotTexts } from "../support/synthetic-snapshot.ts";

const RUNS = Number(process.env.PODPATH_METAMORPHIC_RUNS ?? 100);
const SEED = Number(process.env.PODPATH_METAMORPHIC_SEED ?? 20_260_101);

/** Some that stand alone, some that are tied, some that share everything but what would tie them. */
const packet = fc.record({
  src: fc.integer({ min: 1, max: 6 }),
  dst: fc.integer({ min: 1, max: 6 }),
  srcPort: fc.constantFrom(53, 80, 8080, 33_000, 40_000, 40_001, 40_002, 40_003),
  dstPort: fc.constantFrom(53, 80, 8080, 33_000, 40_000, 40_001),
  protocol: fc.constantFrom("tcp", "tcp", "udp", "icmp"),
  flags: fc.constantFrom("S", "S", "SA", "A", "A", "PA", "R", "FA"),
  sequence: fc.constantFrom(0, 1, 100, 1_000, 5_000_000, 0x8000_0000, 0xffff_fff0),
  ttl: fc.constantFrom(64, 64, 63, 128, 1),
  id: fc.constantFrom(0, 7, 8, 9),
  payload: fc.constantFrom(
    "",
    "hello",
    "hello",
    "another payload of some length",
    "GET / HTTP/1.1\r\n\r\n",
  ),
  gapMs: fc.constantFrom(0, 1, 30, 200, 70_000),
  capture: fc.constantFrom(0, 0, 0, 1),
});
type Packet = typeof packet extends fc.Arbitrary<infer T> ? T : never;

function frame(one: Packet): PacketBuilder {
  const ip = ethernet().ipv4({
    src: `10.0.1.${one.src}`,
    dst: one.dst > 4 ? `198.51.100.${one.dst}` : `10.0.1.${one.dst}`,
    ttl: one.ttl,
    id: one.id,
  });
  const ports = { srcPort: one.srcPort, dstPort: one.dstPort };
  if (one.protocol === "tcp")
    return ip.tcp({ ...ports, flags: one.flags, seq: one.sequence }).payload(one.payload);
  if (one.protocol === "udp") return ip.udp(ports).payload(one.payload);
  return ip
    .icmpv4({ type: one.flags === "S" ? 8 : 0, id: one.srcPort, sequence: one.id })
    .payload(one.payload);
}

function jobsOf(packets: readonly Packet[]): CaptureJob[] {
  return [0, 1].flatMap((capture) => {
    let timeNs = 1_767_225_600_000_000_000n;
    const records = packets.flatMap((one) => {
      timeNs += BigInt(one.gapMs) * 1_000_000n;
      return one.capture === capture ? [{ packet: frame(one), timeNs }] : [];
    });
    if (records.length === 0) return [];
    return [{ file: `${capture}.pcap`, label: null, source: memorySource(pcapFile(records)) }];
  });
}

function findings({ classification }: OneWay): unknown[] {
  return classification.findings.map(({ rule, match }) => [
    rule.meta.id,
    { ...match, connections: [...match.connections] },
  ]);
}

function expectAlike({ numbers, made }: BothWays): number {
  const { connections, lone } = numbers.correlation;
  expect(numbers.correlation.vantagePoints).toEqual(made.correlation.vantagePoints);
  expect(numbers.correlation.clockOffsets).toEqual(made.correlation.clockOffsets);
  expect([...connections]).toEqual([...made.correlation.connections]);
  const { classified, columns } = numbers.classification;
  expect([...classified]).toEqual([...made.classification.classified]);
  expect(findings(numbers)).toEqual(findings(made));
  let alone = 0;
  for (const [index, one] of [...made.classification.classified].entries()) {
    const { packets, bytes, observations } = one.subject.connection;
    expect(columns.pathClass(index)).toBe(one.verdict.class);
    expect(columns.confidence(index)).toBe(one.verdict.confidence);
    expect(columns.wouldDecide(index)).toBe(one.verdict.wouldDecide);
    expect(columns.packets(index)).toBe(packets.orig + packets.resp);
    expect(columns.bytes(index)).toBe(bytes.orig + bytes.resp);
    expect(columns.records(index)).toBe(
      observations.reduce((sum, { orig, resp }) => sum + orig.records + resp.records, 0),
    );
    const row = lone?.rowOf(index) ?? -1;
    if (row < 0 || lone === null) continue;
    alone += 1;
    const orig = lone.originator(row).originator === "a" ? row * 2 : row * 2 + 1;
    // A slot for what is out of line, or a header that names nobody, is of no consequence.
    const harmless = Trait.OutOfLine | Trait.ProxyHeader;
    const told = lonePacketTraits(lone.rows, orig);
    expect(told & traitsOf(one) & harmless).toBe(traitsOf(one) & harmless);
    const ofPackets = ~(harmless | PLACE_TRAITS);
    expect(told & ofPackets).toBe(traitsOf(one) & ofPackets);
  }
  return alone;
}

/** What profiles tell, not packets. */
const PLACE_TRAITS =
  Trait.FromPod |
  Trait.ToPod |
  Trait.FromBalancer |
  Trait.ToBalancer |
  Trait.ToService |
  Trait.ToNode |
  Trait.AtEni |
  Trait.AtPod |
  Trait.FromOutside |
  Trait.FromNode |
  Trait.Proven;

/** What a rule finds among all connections is what it finds among those that it asks for. */
function expectNothingMissed({ classification, context }: OneWay): void {
  const everyone = classification.having({});
  for (const rule of FINDING_RULES) {
    const asked = classification.having(rule.concerns);
    const of = (found: ReturnType<typeof rule.find>) =>
      found.map((match) => ({ ...match, connections: [...match.connections] }));
    expect(of(rule.find(asked, context)), rule.meta.id).toEqual(of(rule.find(everyone, context)));
  }
}

describe("rows as numbers give what rows that are made give", () => {
  test("on random packets of few addresses, ports, numbers and payloads", async () => {
    let alone = 0;
    const property = fc.asyncProperty(
      fc.array(packet, { minLength: 1, maxLength: 40, size: "max" }),
      async (packets) => {
        const ways = await bothWays(jobsOf(packets), []);
        alone += expectAlike(ways);
        expectNothingMissed(ways.made);
      },
    );
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    expect(alone).toBeGreaterThan(RUNS);
  });

  test("on synthetic clusters, with and without their snapshot", async () => {
    const plans = fc.record({
      cluster: clusterPlan,
      flows: fc.array(flowPlan, { minLength: 1, maxLength: 16, size: "max" }),
      cooked: fc.boolean(),
      captures: fc.nat(7),
      snapshot: fc.constantFrom("whole", "without conntrack", "without conntrack", "none"),
    });
    let alone = 0;
    const property = fc.asyncProperty(plans, async (plan) => {
      const cluster = buildCluster(plan.cluster);
      const flows = buildFlows(cluster, plan.flows);
      const all = captureFlows(cluster, flows, plan.cooked ? "any" : "interfaces");
      // One place alone is where most rows have no other.
      const chosen = plan.captures < 4 ? all.slice(plan.captures, plan.captures + 1) : all;
      const jobs = chosen.map(({ file, linkType, records }) => ({
        file,
        label: null,
        source: memorySource(pcapFile(records, { linkType, nano: true })),
      }));
      // Conntrack tells something of nearly every row.
      const texts = snapshotTexts(cluster, flows).filter(
        ({ file }) => plan.snapshot === "whole" || !file.includes("conntrack"),
      );
      const ways = await bothWays(jobs, plan.snapshot === "none" ? [] : texts);
      alone += expectAlike(ways);
      expectNothingMissed(ways.made);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    expect(alone).toBeGreaterThan(RUNS / 4);
  });

  test.each(readdirSync(`${ROOT}samples`).filter((name) => !name.includes(".")))(
    "on sample %s, each capture alone and all together",
    async (sample) => {
      const { captures, snapshots } = await opened([`${ROOT}samples/${sample}`]);
      for (const capture of captures) {
        const again = (await opened([`${ROOT}samples/${sample}`])).captures;
        const own = again.filter(({ file }) => file === capture.file);
        expectAlike(await bothWays(own, snapshots));
      }
      const ways = await bothWays(captures, snapshots);
      expectAlike(ways);
      expectNothingMissed(ways.made);
    },
  );
});

async function opened(
  inputs: readonly string[],
): Promise<{ captures: readonly CaptureJob[]; snapshots: readonly SnapshotText[] }> {
  return await openInputs(inputs, { snapshots: [], hash: false, stdin: process.stdin });
}
