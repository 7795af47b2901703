/**
 * Goal: what Traffic Mirroring copied and what a Gateway Load Balancer hands to an appliance is told as seen outside any overlay,
 * and a real overlay stays one. Method: captures of a few frames through the whole pipeline.
 */
import { describe, expect, test } from "vitest";
import {
  analysisOf,
  findingsOf,
  gatewayLoadBalancerEni,
  handshake,
  mirrored,
  NODE,
  NODE_MAC,
  overlay,
  POD,
  snapshotTexts,
  verdictsOf,
} from "../../support/mirrored-cluster.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";

const TARGET = "10.0.3.200";
const OVER: readonly [string, string] = [POD.overA, POD.overB];

describe("a mirror session", () => {
  test("is taken off: what is inside was seen at the mirrored ENI", async () => {
    const found = await analysisOf([handshake(mirrored(NODE.a, TARGET, 77))]);
    const atEni = await analysisOf([handshake(() => ethernet({ src: NODE_MAC.a }))]);
    expect(verdictsOf(found)).toEqual([
      `${NODE.a} > ${TARGET}: external (proven)`,
      ...verdictsOf(atEni),
    ]);
    const seen = found.classified[1]?.subject.connection.observations[0];
    expect(seen?.vantagePoint).toMatchObject({ node: "n1", kind: "node-eni" });
    expect(seen?.vantagePoint.because).toContain("VPC Traffic Mirroring");
    expect(seen?.encapsulation).toBeNull();
    expect(seen?.awsTunnel).toMatchObject({ kind: "vxlan", vni: 77, outerConnection: 0 });
    const statements = found.classified[0]?.verdict.evidence.map(({ statement }) => statement);
    expect(statements?.join("\n")).toContain("session (VNI 77) of ENI eni-0a");
  });

  test("is told as a note, with what was inside, and as no overlay", async () => {
    const found = await analysisOf([handshake(mirrored(NODE.a, TARGET, 77))]);
    expect(findingsOf(found)).toEqual(["traffic-mirroring"]);
    const { message, connections } = found.findings[0]?.match ?? {};
    expect(message).toContain("1 connection came to 10.0.3.200 as mirrored copies");
    expect(message).toContain("n1/eni-0a");
    expect(connections).toEqual([1, 0]);
  });

  test("of both ENIs shows each packet twice and counts it once", async () => {
    const copies = [NODE.a, NODE.b].map((node, i) => handshake(mirrored(node, TARGET, 77 + i)));
    const found = await analysisOf([
      copies[0]?.flatMap((one, i) => [one, copies[1]?.[i] ?? one]) ?? [],
    ]);
    const inner = found.classified.find(({ verdict }) => verdict.class === "pod-to-pod-direct");
    expect(inner?.subject.connection.packets).toEqual({ orig: 2, resp: 1 });
    const places = inner?.subject.connection.observations.map((one) => one.vantagePoint.node);
    expect(places?.toSorted()).toEqual(["n1", "n2"]);
    expect(findingsOf(found)).toEqual(["traffic-mirroring"]);
  });

  test("of two ENIs under one VNI says that it cannot tell whose copy is whose", async () => {
    const found = await analysisOf([
      [NODE.a, NODE.b].flatMap((node) => handshake(mirrored(node, TARGET, 77))),
    ]);
    const inner = found.classified.find(({ subject }) => subject.orig.kind === "pod");
    const [seen] = inner?.subject.connection.observations ?? [];
    expect(seen?.vantagePoint).toMatchObject({ node: null, kind: "unknown" });
    expect(seen?.vantagePoint.because).toContain("cannot be told");
    expect(verdictsOf(found).filter((one) => one.includes("overlay-tunnel"))).toEqual([]);
  });

  test("beside the target's own traffic is one all the same", async () => {
    const own = handshake(() => ethernet(), [TARGET, "10.0.9.9"], { ttl: 64, isn: 5000 });
    const found = await analysisOf([[...own, ...own, ...handshake(mirrored(NODE.a, TARGET, 77))]]);
    expect(verdictsOf(found)).toContain(`${POD.a} > ${POD.b}: pod-to-pod-direct (inferred)`);
  });

  test("of an ENI that nobody listed leaves the place open", async () => {
    const found = await analysisOf([handshake(mirrored("10.0.8.8", TARGET, 77))]);
    const inner = found.classified.find(({ subject }) => subject.orig.kind === "pod");
    expect(inner?.subject.connection.observations[0]?.vantagePoint).toMatchObject({
      node: null,
      kind: "unknown",
    });
  });

  test("to a cluster node needs both directions inside; one direction may be half an overlay", async () => {
    const both = await analysisOf([handshake(mirrored(NODE.a, NODE.b, 77))]);
    expect(verdictsOf(both)[0]).toBe(`${NODE.a} > ${NODE.b}: external (inferred)`);
    const half = handshake(mirrored(NODE.a, NODE.b, 77)).filter((_, index) => index !== 1);
    const one = await analysisOf([half]);
    expect(verdictsOf(one)[0]).toBe(`${NODE.a} > ${NODE.b}: overlay-tunnel (proven)`);
    expect(findingsOf(one)).not.toContain("traffic-mirroring");
  });

  test("without a snapshot is inferred", async () => {
    const found = await analysisOf([handshake(mirrored(NODE.a, TARGET, 77))], []);
    expect(verdictsOf(found)[0]).toBe(`${NODE.a} > ${TARGET}: external (inferred)`);
  });

  test("does not tell a clock apart from its own way to the target", async () => {
    const found = await analysisOf([
      handshake(() => ethernet({ src: NODE_MAC.a })),
      handshake(mirrored(NODE.a, TARGET, 77)),
    ]);
    expect(found.clockOffsets).toEqual([]);
    expect(found.classified.filter(({ subject }) => subject.orig.kind === "pod")).toHaveLength(1);
  });
});

describe("what a mirror session left out", () => {
  const later = ethernet().ipv4({ src: "10.0.9.1", dst: "10.0.9.2" }).udp({ dstPort: 9 });
  const asCapture = (syn: readonly PacketBuilder[]) => [
    ...syn.slice(0, 1),
    ...Array.from({ length: 3000 }, () => later),
  ];

  test("is no silence: a SYN without its answer is no finding", async () => {
    const copies = handshake(mirrored(NODE.a, TARGET, 77), [POD.a, "10.0.2.99"], { isn: 700 });
    const alone = asCapture(handshake(mirrored(NODE.a, TARGET, 77)));
    const found = await analysisOf([[...alone, ...copies]]);
    expect(findingsOf(found)).toEqual(["traffic-mirroring"]);
  });

  test("where a capture of the ENI itself shows the same, it is one", async () => {
    const plain = handshake(() => ethernet({ src: NODE_MAC.a }));
    const found = await analysisOf([asCapture(plain)]);
    expect(findingsOf(found)).toEqual(["syn-unanswered"]);
  });
});

describe("a mirrored overlay", () => {
  test("is still an overlay, at depth 2", async () => {
    const wrapped = overlay([NODE.a, NODE.b], 8472, mirrored(NODE.a, TARGET, 77));
    const found = await analysisOf([handshake(wrapped, OVER)]);
    expect(verdictsOf(found)).toContain(`${POD.overA} > ${POD.overB}: pod-to-pod-overlay (proven)`);
    expect(findingsOf(found)).toEqual(["overlay-encapsulation", "traffic-mirroring"]);
    const inner = found.classified.find(({ verdict }) => verdict.class === "pod-to-pod-overlay");
    const [seen] = inner?.subject.connection.observations ?? [];
    expect(seen?.encapsulation).toMatchObject({ kind: "vxlan", vni: 1, depth: 2 });
    expect(seen?.vantagePoint.node).toBe("n1");
  });

  test("that two sessions copied counts each packet once", async () => {
    const packets = [NODE.a, NODE.b].flatMap((node, i) =>
      handshake(overlay([NODE.a, NODE.b], 8472, mirrored(node, TARGET, 77 + i)), OVER),
    );
    const found = await analysisOf([packets]);
    const inner = found.classified.find(({ verdict }) => verdict.class === "pod-to-pod-overlay");
    expect(inner?.subject.connection.packets).toEqual({ orig: 2, resp: 1 });
  });
});

describe("a real overlay between two nodes", () => {
  test("stays one at the port that mirroring uses", async () => {
    const found = await analysisOf([handshake(overlay([NODE.a, NODE.b]), OVER)]);
    expect(verdictsOf(found)).toContain(`${POD.overA} > ${POD.overB}: pod-to-pod-overlay (proven)`);
    expect(findingsOf(found)).toEqual(["overlay-encapsulation"]);
  });

  test("stays one when only its requests were captured", async () => {
    const requests = handshake(overlay([NODE.a, NODE.b]), OVER).filter((_, i) => i !== 1);
    const found = await analysisOf([requests]);
    expect(verdictsOf(found)[0]).toBe(`${NODE.a} > ${NODE.b}: overlay-tunnel (proven)`);
    expect(findingsOf(found)).not.toContain("traffic-mirroring");
  });

  test("stays one without a snapshot", async () => {
    const found = await analysisOf([handshake(overlay([NODE.a, NODE.b]), OVER)], []);
    expect(verdictsOf(found).some((one) => one.includes("external"))).toBe(false);
    expect(findingsOf(found)).not.toContain("traffic-mirroring");
  });
});

describe("Geneve", () => {
  const APPLIANCE = "10.0.7.7";
  const GATEWAY = "10.0.6.6";
  const geneve = (from: string, to: string) => () =>
    ethernet()
      .ipv4({ src: from, dst: to })
      .udp({ srcPort: 60_000, dstPort: 6081 })
      .geneve({ vni: 0 });
  const CLIENT: readonly [string, string] = [POD.a, "198.51.100.7"];

  test("of a Gateway Load Balancer is taken off, there and back", async () => {
    const there = handshake(geneve(GATEWAY, APPLIANCE), CLIENT);
    const back = handshake(geneve(APPLIANCE, GATEWAY), CLIENT);
    const packets = there.flatMap((one, i) => [one, back[i] ?? one]);
    const snapshot = snapshotTexts({ enis: [gatewayLoadBalancerEni(GATEWAY)] });
    const found = await analysisOf([packets], snapshot);
    const verdicts = verdictsOf(found);
    expect(verdicts[0]).toBe(`${GATEWAY} > ${APPLIANCE}: external (proven)`);
    expect(verdicts.some((one) => one.includes("overlay"))).toBe(false);
    expect(found.classified.find(({ subject }) => subject.orig.kind === "pod")).toBeDefined();
    expect(findingsOf(found)).not.toContain("overlay-encapsulation");
    const evidence = found.classified[0]?.verdict.evidence.map(({ statement }) => statement);
    expect(evidence?.join("\n")).toContain("Gateway Load Balancer");
  });

  test("between two nodes is an overlay, VNI 0 or not", async () => {
    const way = (isAnswer: boolean) =>
      (isAnswer ? geneve(NODE.b, NODE.a) : geneve(NODE.a, NODE.b))();
    const found = await analysisOf([handshake(way, OVER)]);
    expect(verdictsOf(found)).toContain(`${POD.overA} > ${POD.overB}: pod-to-pod-overlay (proven)`);
    expect(findingsOf(found)).toEqual(["overlay-encapsulation"]);
  });
});
