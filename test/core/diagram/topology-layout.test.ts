import { describe, expect, it } from "vitest";
import { cut, type Scene } from "../../../src/core/diagram/scene.ts";
import { layOutTopology } from "../../../src/core/diagram/topology-layout.ts";
import type { Report } from "../../../src/core/report/report.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  HUGE,
  MEDIUM,
  nodeParty,
  partyOf,
  podParty,
  reportOf,
  SMALL,
  shuffled,
} from "../../support/report.ts";
import {
  coincide,
  contains,
  crosses,
  edgesOf,
  labelRectangle,
  overlap,
  segments,
} from "../../support/scene-geometry.ts";

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
  const places = scene.boxes.filter(({ role }) => role === "place");

  it("keeps every label apart from every other", () => {
    const labels = scene.labels.map((label) => ({ text: label.text, box: labelRectangle(label) }));
    const badges = scene.badges.map((badge) => ({ text: badge.text, box: badge }));
    const all = [...labels, ...badges];
    const clashes = all.flatMap((a, i) =>
      all.slice(i + 1).flatMap((b) => (overlap(a.box, b.box) ? [`${a.text} / ${b.text}`] : [])),
    );
    expect(clashes).toEqual([]);
  });

  it("leads no line through a box that is not its own, and through none of its own", () => {
    const faults = edgesOf(scene).flatMap((edge) =>
      segments(edge).flatMap((segment) =>
        places.filter((box) => crosses(segment, box)).map((box) => `${edge.id} through ${box.id}`),
      ),
    );
    expect(faults).toEqual([]);
  });

  it("leads no line through a name", () => {
    const names = scene.labels.filter(({ colour }) => colour === "text" || colour === "muted");
    const faults = edgesOf(scene).flatMap((edge) =>
      segments(edge).flatMap((segment) =>
        names
          .filter((label) => crosses(segment, labelRectangle(label)))
          .map((label) => `${edge.id} through ${label.text}`),
      ),
    );
    expect(faults).toEqual([]);
  });

  it("hides no line under a line of another net", () => {
    const faults: string[] = [];
    scene.nets.forEach((net, i) => {
      const own = net.edges.flatMap((edge) => segments(edge));
      for (const other of scene.nets.slice(i + 1)) {
        for (const edge of other.edges) {
          const hidden = segments(edge).some((s) => own.some((t) => coincide(s, t)));
          if (hidden) faults.push(`${edge.id} with ${net.edges[0]?.id}`);
        }
      }
    });
    expect(faults).toEqual([]);
  });

  it("holds everything inside the canvas, names inside their boxes, boxes inside their nodes", () => {
    const canvas = { x: 0, y: 0, width: scene.width, height: scene.height };
    const rectangles = [...scene.boxes, ...scene.badges, ...scene.labels.map(labelRectangle)];
    expect(rectangles.filter((rectangle) => !contains(canvas, rectangle))).toEqual([]);
    const points = edgesOf(scene).flatMap((edge) => edge.points);
    expect(
      points.filter((p) => p.x < 0 || p.y < 0 || p.x > scene.width || p.y > scene.height),
    ).toEqual([]);
    for (const box of places) {
      const inside = scene.labels.map(labelRectangle).filter((label) => overlap(label, box));
      expect(inside.filter((label) => !contains(box, label))).toEqual([]);
    }
    const nodes = scene.boxes.filter(({ role }) => role === "node");
    expect(nodes.filter((a) => nodes.some((b) => a !== b && overlap(a, b)))).toEqual([]);
    expect(places.filter((a) => places.some((b) => a !== b && overlap(a, b)))).toEqual([]);
  });

  it("ends every line at its two boxes", () => {
    const byId = new Map(places.map((box) => [box.id, box]));
    const onSide = (point: { x: number; y: number } | undefined, id: string) => {
      const box = byId.get(id);
      if (point === undefined || box === undefined) return false;
      const side = point.x === box.x || point.x === box.x + box.width;
      return side && point.y > box.y && point.y < box.y + box.height;
    };
    const faults = edgesOf(scene).filter(({ points, from, to }) => {
      const [a, b] = [points[0], points.at(-1)];
      return !((onSide(a, from) && onSide(b, to)) || (onSide(a, to) && onSide(b, from)));
    });
    expect(faults.map(({ id }) => id)).toEqual([]);
  });

  it("is the same whatever the order of the connections", () => {
    const report = make();
    const other = { ...report, connections: shuffled(report.connections, 7) };
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

describe("the traffic map", () => {
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
