import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, type Point, type Scene } from "../../../../src/core/diagram/scene.ts";
import { layOutTopology } from "../../../../src/core/diagram/topology/topology-layout.ts";
import type { Report } from "../../../../src/core/report/report.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  findingOf,
  HUGE,
  MEDIUM,
  nodeParty,
  partyOf,
  podParty,
  reportOf,
  SMALL,
  shuffled,
} from "../../../support/report.ts";
import {
  hiddenLines,
  labelClashes,
  linesThroughBoxes,
  linesThroughNames,
  looseLines,
  misplaced,
} from "../../../support/scene-faults.ts";
import { contains, edgesOf } from "../../../support/scene-geometry.ts";

const NODE = "ip-10-0-0-17";

function odd(): Report {
  const pod = podParty("web-1", "10.0.0.20", NODE);
  const other = podParty("api-1", "10.0.0.21", NODE);
  return reportOf({
    counts: { pods: 2, nodes: 1 },
    connections: [
      connectionOf("conn-1", "pod-to-pod-direct", pod, pod),
      connectionOf(
        "conn-2",
        "service-clusterip",
        pod,
        partyOf("service", "10.100.0.1", { name: "db", namespace: "default" }),
      ),
      connectionOf(
        "conn-3",
        "link-local",
        pod,
        partyOf("link-local", "169.254.169.254", { name: "IMDS" }),
      ),
      connectionOf(
        "conn-4",
        "control-plane",
        partyOf("control-plane", "10.0.0.99"),
        nodeParty(NODE, "10.0.0.17"),
      ),
      connectionOf("conn-5", "pod-to-peer", pod, partyOf("peer", "172.31.0.4")),
      connectionOf("conn-6", "pod-to-vpc", other, partyOf("vpc", "10.0.9.9")),
      connectionOf(
        "conn-7",
        "pod-to-vpc",
        other,
        partyOf("aws-interface", "10.0.9.10", { name: "nat-1" }),
      ),
      connectionOf(
        "conn-8",
        "pod-to-pod-direct",
        pod,
        podParty("lost", "10.0.7.7", NODE, { ambiguousWith: ["default/x"] }),
      ),
      connectionOf("conn-9", "pod-to-pod-direct", other, {
        ...partyOf("pod", "10.0.7.8"),
        name: "no-node",
      }),
    ],
  });
}

/** A capture alone: nobody's address is known. */
function withoutSnapshot(): Report {
  return reportOf({
    connections: Array.from({ length: 30 }, (_, i) =>
      connectionOf(
        `conn-${i}`,
        "unclassified",
        partyOf("external", `192.168.${i % 3}.${i}`),
        partyOf("external", i % 4 === 0 ? "8.8.8.8" : `192.168.9.${i % 5}`),
      ),
    ),
  });
}

const REPORTS: readonly (readonly [string, () => Report])[] = [
  ["an empty report", () => reportOf({})],
  ["two nodes and five pods", () => clusterReport(SMALL)],
  ["four nodes and forty pods", () => clusterReport(MEDIUM)],
  [
    "four nodes in no known zone",
    () => ({
      ...clusterReport(MEDIUM),
      snapshot: { ...clusterReport(MEDIUM).snapshot, nodes: [] },
    }),
  ],
  [
    "seven nodes with a finding on every third line",
    () => clusterReport({ nodes: 7, pods: 50, connections: 160, findingEvery: 3, zones: 3 }),
  ],
  ["twenty nodes and 400 pods", () => clusterReport(BIG)],
  ["200 nodes and 10,000 pods", () => clusterReport(HUGE)],
  ["every kind of end", odd],
  ["no snapshot", withoutSnapshot],
];

describe.each(REPORTS)("the traffic map of %s", (_, make) => {
  const scene = layOutTopology(make());

  it("keeps every label apart from every other", () => {
    expect(labelClashes(scene)).toEqual([]);
  });

  it("leads no line through a box, its own or another", () => {
    expect(linesThroughBoxes(scene)).toEqual([]);
  });

  it("leads no line through a name", () => {
    expect(linesThroughNames(scene)).toEqual([]);
  });

  it("hides no line under a line of another net", () => {
    expect(hiddenLines(scene)).toEqual([]);
  });

  it("holds everything inside the canvas, names inside their boxes, boxes apart", () => {
    expect(misplaced(scene)).toEqual([]);
  });

  it("ends every line at its two boxes", () => {
    expect(looseLines(scene)).toEqual([]);
  });

  it("is the same whatever the order of the connections", () => {
    const report = make();
    const other = { ...report, connections: shuffled([...report.connections], 7) };
    expect(layOutTopology(other)).toEqual(scene);
  });

  it("has no more than two decimals anywhere", () => {
    const long: number[] = [];
    JSON.stringify(scene, (_key, value: unknown) => {
      if (typeof value === "number" && cut(value) !== value) long.push(value);
      return value;
    });
    expect(long).toEqual([]);
  });
});

/** Any traffic between any ends: what no made-up cluster happens to hold. */
function anyReport(): fc.Arbitrary<Report> {
  const number = (max: number) => fc.integer({ min: 0, max });
  const pod = fc.tuple(number(5), number(7)).map(([node, i]) =>
    podParty(`pod-${"x".repeat(i * 3)}${i}`, `10.0.${node}.${i + 10}`, `n${node}`, {
      ...(i % 2 === 0 ? { deviceIndex: i % 3 } : {}),
    }),
  );
  const node = number(5).map((i) => nodeParty(`n${i}`, `10.0.${i}.1`));
  const kinds = ["external", "peer", "link-local", "vpc", "control-plane", "service"] as const;
  const other = fc
    .tuple(fc.constantFrom(...kinds), number(9))
    .map(([kind, i]) => partyOf(kind, `203.0.113.${i}`, { name: `${kind}-${i}` }));
  const balancer = number(9).map((i) =>
    partyOf("load-balancer", `10.0.9.${i}`, { name: `lb-${i}` }),
  );
  const end = fc.oneof({ weight: 4, arbitrary: pod }, node, other, balancer);
  const classes = ["pod-to-pod-direct", "snat-egress", "nlb-ip", "overlay-tunnel"] as const;
  const connection = fc.record({
    orig: end,
    resp: end,
    class: fc.constantFrom(...classes),
    bytes: fc.nat({ max: 1_000_000_000 }),
    wrong: fc.integer({ min: 0, max: 5 }),
  });
  return fc.tuple(fc.array(connection, { maxLength: 60 }), number(3)).map(([list, zones]) => {
    const connections = list.map((c, i) =>
      connectionOf(`c${i}`, c.class, c.orig, c.resp, { bytes: { orig: c.bytes, resp: 0 } }),
    );
    const wrong = connections.filter((_, i) => list[i]?.wrong === 0).map(({ id }) => id);
    return reportOf({
      counts: { pods: 48, nodes: 6 },
      nodes: Array.from({ length: 6 }, (_, i) => ({
        name: `n${i}`,
        address: `10.0.${i}.1`,
        ...(zones === 0 ? {} : { zone: `zone-${i % zones}` }),
      })),
      connections,
      findings: [
        findingOf("f1", "unexpected-snat", "error", wrong),
        findingOf("f2", "tcp-reset", "warning", wrong.slice(1)),
      ],
    });
  });
}

describe("the traffic map", () => {
  it("has none of these faults for any traffic", () => {
    fc.assert(
      fc.property(anyReport(), (report) => {
        const scene = layOutTopology(report);
        expect(labelClashes(scene)).toEqual([]);
        expect(linesThroughBoxes(scene)).toEqual([]);
        expect(linesThroughNames(scene)).toEqual([]);
        expect(hiddenLines(scene)).toEqual([]);
        expect(misplaced(scene)).toEqual([]);
        expect(looseLines(scene)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("puts findings above all other lines and gives them the numbers of the report", () => {
    const scene = layOutTopology(clusterReport(MEDIUM));
    const emphasised = scene.nets.map(({ edges }) => edges.some((edge) => edge.emphasised));
    expect(emphasised).toContain(true);
    expect(emphasised.indexOf(true)).toBeGreaterThan(emphasised.lastIndexOf(false));
    expect(scene.badges.map(({ text }) => text).sort()).toEqual(["1", "1", "2", "2"]);
    const widest = Math.max(...normal(scene).map(({ width }) => width));
    const strong = edgesOf(scene).filter((edge) => edge.emphasised);
    expect(strong.every(({ dash, width }) => dash.length > 0 && width > widest / 2)).toBe(true);
  });

  it("says on every line its class and how many connections it stands for", () => {
    const scene = layOutTopology(clusterReport(BIG));
    for (const { tooltip } of edgesOf(scene)) {
      expect(tooltip).toMatch(/→.*\n[a-z-]+: .*\n[\d,]+ connections?/);
    }
    const lines = scene.labels.filter(({ text }) => /^[A-Z]{1,2} \d+(?:\.\d)?k?\??$/.test(text));
    expect(lines).toHaveLength(edgesOf(scene).length);
  });

  it("has one column of pods in each group", () => {
    const scene = layOutTopology(clusterReport(MEDIUM));
    const places = scene.boxes.filter(({ role }) => role === "place");
    for (const group of scene.boxes.filter(({ role }) => role === "eni")) {
      const inside = places.filter((box) => contains(group, box));
      expect(inside.length).toBeGreaterThan(0);
      expect(new Set(inside.map(({ x }) => x)).size).toBe(1);
    }
  });

  it("sorts the nodes of a zone by address, as numbers", () => {
    const node = (n: number) => ({ name: `n${100 - n}`, address: `10.0.0.${n}`, zone: "a" });
    const pod = (n: number) => podParty(`p${n}`, `10.0.1.${n}`, `n${100 - n}`);
    const report = reportOf({
      nodes: [node(10), node(9), node(2)],
      counts: { pods: 3, nodes: 3 },
      connections: [
        connectionOf("c1", "pod-to-pod-direct", pod(10), pod(9)),
        connectionOf("c2", "pod-to-pod-direct", pod(9), pod(2)),
      ],
    });
    const nodes = layOutTopology(report).boxes.filter(({ role }) => role === "node");
    const inOrder = [...nodes].sort((a, b) => a.x - b.x || a.y - b.y).map(({ id }) => id);
    expect(inOrder).toEqual(["node n98", "node n91", "node n90"]);
  });

  it("shortens a long name in the box and has it whole in the tooltip", () => {
    const name = `very-long-${"x".repeat(1000)}-end42`;
    const report = reportOf({
      counts: { pods: 1, nodes: 1 },
      connections: [
        connectionOf(
          "c1",
          "snat-egress",
          podParty(name, "10.0.0.1", NODE),
          partyOf("external", "8.8.8.8"),
        ),
      ],
    });
    const label = layOutTopology(report).labels.find(({ text }) => text.startsWith("very-long-"));
    expect(label?.text).toMatch(/^very-long-x*…-end42$/);
    expect(label?.text.length).toBeLessThan(40);
    expect(label?.tooltip).toContain(name);
  });

  it("leaves room for Korean names, which are twice as wide", () => {
    const korean = "결제-서버-이름이-아주-길다";
    const report = reportOf({
      cluster: "운영-클러스터",
      counts: { pods: 1, nodes: 1 },
      connections: [
        connectionOf(
          "c1",
          "snat-egress",
          podParty(korean, "10.0.0.1", NODE),
          partyOf("external", "8.8.8.8"),
        ),
      ],
    });
    const scene = layOutTopology(report);
    const label = scene.labels.find(({ text }) => text === korean);
    expect(label).toBeDefined();
    const box = scene.boxes.find(({ tooltip }) => tooltip?.includes(korean));
    expect(box?.width).toBeGreaterThan([...korean].filter((c) => c !== "-").length * 12);
    expect(scene.title).toBe("Traffic map of cluster 운영-클러스터");
  });
});

function normal(scene: Scene) {
  return edgesOf(scene).filter((edge) => !edge.emphasised);
}

describe("each check of a picture", () => {
  const scene = layOutTopology(clusterReport(MEDIUM));
  const [net] = scene.nets;
  const [edge] = edgesOf(scene);
  const moved = <T extends { x: number; y: number }>(list: readonly T[], i: number, to: Point) =>
    list.map((item, j) => (i === j ? { ...item, x: to.x, y: to.y } : item));

  it("notices a label on another", () => {
    const [first = { x: 0, y: 0 }] = scene.labels;
    expect(labelClashes({ ...scene, labels: moved(scene.labels, 1, first) })).not.toEqual([]);
  });

  it("notices a box, and a name, in the way of a line", () => {
    const at = edge?.points[1] ?? { x: 0, y: 0 };
    const box = scene.boxes.findIndex(({ role }) => role === "place");
    const to = { x: at.x - 5, y: at.y - 5 };
    const inTheWay = { ...scene, boxes: moved(scene.boxes, box, to) };
    expect(linesThroughBoxes(inTheWay)).not.toEqual([]);
    expect(looseLines(inTheWay)).not.toEqual([]);
    const named = { ...scene, labels: moved(scene.labels, 0, { x: to.x, y: to.y + 8 }) };
    expect(linesThroughNames(named)).not.toEqual([]);
  });

  it("notices a line under another", () => {
    const nets = net === undefined ? [] : [...scene.nets, net];
    expect(hiddenLines({ ...scene, nets })).not.toEqual([]);
  });

  it("notices what is out of its place", () => {
    const last = scene.boxes.length - 1;
    expect(misplaced({ ...scene, boxes: moved(scene.boxes, last, { x: -1, y: 0 }) })).not.toEqual(
      [],
    );
    expect(misplaced({ ...scene, width: scene.width / 2 })).not.toEqual([]);
  });
});
