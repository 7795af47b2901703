/**
 * Goal: each tap is placed by its strongest evidence, says on what ground, and is "unknown" with advice where the evidence
 * names nobody or two.
 */
import { describe, expect, test } from "vitest";
import type { VantagePoint } from "../../../src/core/correlate/vantage-point.ts";
import type { Tap } from "../../../src/core/flow/flow-observation.ts";
import { type DirectionFields, Sightings } from "../../support/flow.ts";
import { cluster, MAC, STATES, VETH } from "../../support/snapshot.ts";

const FLOW = "10.0.1.11:4000 > 203.0.113.9:443";

const macs = (macSrc: string, macDst: string, fields: DirectionFields = {}) => ({
  macSrc,
  macDst,
  ...fields,
});

/** One row at one unlabelled tap. */
function placed(
  tap: Partial<Tap>,
  forward: DirectionFields,
  backward?: DirectionFields,
  options: { flow?: string; interfaces?: string[]; place?: string; snapshot?: object } = {},
): VantagePoint {
  const seen = new Sightings(cluster(options.snapshot));
  const at = seen.at(options.place ?? "x", tap, options.interfaces);
  seen.see(at, options.flow ?? FLOW, forward, backward);
  const [only] = seen.vantagePoints;
  if (only === undefined) throw new Error("a vantage point");
  return only;
}

describe("a label", () => {
  test("goes before what the packets say", () => {
    const point = placed({}, macs(MAC.n2Eth0, MAC.router), undefined, { place: "n1/eth1" });
    expect(point).toMatchObject({
      id: "n1/eth1",
      node: "n1",
      interface: "eth1",
      kind: "secondary-eni",
      because: "labelled by hand",
    });
  });

  test("of a node leaves the interface to the packets", () => {
    const point = placed({}, macs(MAC.n1Eth1, MAC.router), undefined, { place: "n1" });
    expect(point).toMatchObject({ node: "n1", interface: "eth1", kind: "secondary-eni" });
  });

  test("of a pod is the pod's own interface", () => {
    expect(placed({}, {}, undefined, { place: "pod:default/web-a" })).toMatchObject({
      id: "pod:default/web-a/eth0",
      node: "n1",
      pod: "default/web-a",
      kind: "pod-veth",
    });
  });
});

describe("link addresses", () => {
  test("an ENI's MAC on every frame names it", () => {
    expect(placed({}, macs(MAC.n1Eth0, MAC.router), macs(MAC.router, MAC.n1Eth0))).toMatchObject({
      id: "n1/eth0",
      kind: "node-eni",
    });
    expect(placed({}, macs(MAC.n1Eth1, MAC.router)).kind).toBe("secondary-eni");
  });

  test("without `ip addr` the ENI is known and its name is not", () => {
    const point = placed({}, macs(MAC.n1Eth0, MAC.router), undefined, {
      snapshot: { nodeStates: [] },
    });
    expect(point).toMatchObject({ node: "n1", interface: null, kind: "node-eni" });
  });

  test("two ENIs on every frame name neither, and the advice says so", () => {
    const point = placed({}, macs(MAC.n1Eth0, MAC.n2Eth0), macs(MAC.n2Eth0, MAC.n1Eth0), {
      flow: "10.0.1.10:4 > 10.0.2.10:5",
    });
    expect(point).toMatchObject({ node: null, interface: null, kind: "unknown" });
    expect(point.because).toMatch(/n1\/eth0 and n2\/eth0.*NODE\/IFACE=FILE/);
  });

  test("a veth's host side names the pod's interface", () => {
    expect(placed({}, macs(MAC.webA, MAC.webAHost), macs(MAC.webAHost, MAC.webA))).toMatchObject({
      id: `n1/${VETH.webA}`,
      pod: "default/web-a",
      kind: "pod-veth",
    });
  });

  test("foreign addresses name nobody", () => {
    const point = placed({}, macs("0a:00:00:00:00:01", "0a:00:00:00:00:02", { ttlMax: 63 }));
    expect(point).toMatchObject({ node: null, kind: "unknown" });
    expect(point.because).toContain("NODE/IFACE=FILE");
  });
});

describe("addresses of the packets", () => {
  test("one pod at every row, not yet forwarded, is that pod's veth", () => {
    const point = placed({ linkType: 101 }, {}, { ttlMax: 50 });
    expect(point).toMatchObject({ node: "n1", pod: "default/web-a", kind: "pod-veth" });
    expect(point.because).toContain("default/web-a");
  });

  test("forwarded already, it may be any place on the way", () => {
    expect(placed({ linkType: 101 }, { ttlMax: 63 }, { ttlMax: 50 })).toMatchObject({
      pod: null,
      kind: "unknown",
    });
  });
});

describe("pcapng interface names", () => {
  test("name the interface, and the CNI's name of a veth names the pod", () => {
    const point = placed({}, { ttlMax: 63 }, undefined, { interfaces: [VETH.webB] });
    expect(point).toMatchObject({ interface: VETH.webB, pod: "default/web-b", kind: "pod-veth" });
    expect(point.node).toBe("n1");
  });

  test("any is no interface", () => {
    const point = placed({}, { ttlMax: 63 }, undefined, { interfaces: ["any"] });
    expect(point.interface).toBeNull();
  });

  test("several of one file are one node's when the evidence agrees", () => {
    const seen = new Sightings(cluster());
    const eth0 = seen.at("x", {}, ["eth0", "eth9"]);
    const eth9 = seen.tap({ interfaceIndex: 1 });
    seen.see(eth0, FLOW, macs(MAC.n1Eth0, MAC.router));
    seen.see(eth9, FLOW, { ttlMax: 63 });
    expect(seen.vantagePoints.map(({ id }) => id)).toEqual(["n1/eth0", "n1/eth9"]);
  });

  test("and each its own in a merged file", () => {
    const seen = new Sightings(cluster());
    const first = seen.at("x", {}, ["eth0", "eth0"]);
    const second = seen.tap({ interfaceIndex: 1 });
    seen.see(first, FLOW, macs(MAC.n1Eth0, MAC.router));
    seen.see(second, FLOW, macs(MAC.n2Eth0, MAC.router));
    expect(seen.vantagePoints.map(({ id }) => id)).toEqual(["n1/eth0", "n2/eth0"]);
  });
});

describe("LINUX_SLL2", () => {
  const SLL2 = { linkType: 276 };
  const taps = (snapshot = {}) => {
    const seen = new Sightings(cluster(snapshot));
    const eth0 = seen.at("x", { ...SLL2, sllInterface: 2 });
    const veth = seen.tap({ ...SLL2, sllInterface: 10 });
    seen.see(eth0, "10.0.1.10:5000 > 203.0.113.9:443", { macSrc: MAC.n1Eth0, ttlMax: 63 });
    seen.see(veth, FLOW, { macSrc: MAC.webA }, { macSrc: MAC.webAHost, ttlMax: 50 });
    return seen.vantagePoints;
  };

  test("the ifindex with the MAC that sends from it names node and interface", () => {
    expect(taps().map(({ id, kind, pod }) => [id, kind, pod])).toEqual([
      ["n1/eth0", "node-eni", null],
      [`n1/${VETH.webA}`, "pod-veth", "default/web-a"],
    ]);
  });

  test("an ifindex whose MAC is another's is not believed", () => {
    const moved = {
      ...STATES.n1,
      interfaces: STATES.n1.interfaces.map((one) => ({ ...one, index: one.index + 40 })),
    };
    const [eth0] = taps({ nodeStates: [moved], enis: [] });
    expect(eth0?.interface).toBeNull();
  });

  test("without `ip addr` the pod is told by its packets", () => {
    const [, veth] = taps({ nodeStates: [] });
    expect(veth).toMatchObject({ node: "n1", interface: null, pod: "default/web-a" });
    expect(veth?.because).toContain("ifindex 10");
  });
});

describe("LINUX_SLL", () => {
  const sll = (direction: "in" | "out", mac: string) => ({
    linkType: 113,
    sll: { direction, mac },
  });

  test("what goes out has the interface's own MAC, what comes in a neighbour's", () => {
    const seen = new Sightings(cluster());
    const out = seen.at("x", sll("out", MAC.n1Eth0));
    const back = seen.tap(sll("in", MAC.router));
    const fromPod = seen.tap(sll("in", MAC.webA));
    seen.see(out, "10.0.1.10:5000 > 203.0.113.9:443", { macSrc: MAC.n1Eth0, ttlMax: 63 });
    seen.see(back, "203.0.113.9:443 > 10.0.1.10:5000", { macSrc: MAC.router, ttlMax: 50 });
    seen.see(fromPod, FLOW, { macSrc: MAC.webA });
    expect(seen.vantagePoints.map(({ id, taps }) => [id, taps])).toEqual([
      ["n1/eth0", [0, 1]],
      [`n1/${VETH.webA}`, [2]],
    ]);
  });

  test("an unknown neighbour is placed where the replies to it leave", () => {
    const seen = new Sightings(cluster());
    const out = seen.at("x", sll("out", MAC.n1Eth0));
    const strange = seen.tap(sll("in", "0a:00:00:00:00:99"));
    seen.see(out, "10.0.1.10:5000 > 203.0.113.9:443", { macSrc: MAC.n1Eth0, ttlMax: 63 });
    seen.see(strange, "203.0.113.9:443 > 10.0.1.10:5000", { macSrc: "0a:00:00:00:00:99" });
    expect(seen.vantagePoints.map(({ taps }) => taps)).toEqual([[0, 1]]);
  });

  test("and else stays unknown with the advice to use LINUX_SLL2", () => {
    const seen = new Sightings(cluster());
    const strange = seen.at("x", sll("in", "0a:00:00:00:00:99"));
    seen.see(strange, FLOW, { macSrc: "0a:00:00:00:00:99" });
    expect(seen.vantagePoints[0]?.because).toContain("LINUX_SLL2");
  });
});

test("VLANs of one interface are places of their own", () => {
  const seen = new Sightings(cluster());
  const plain = seen.at("n1/eth0");
  const tagged = seen.tap({ vlan: 7 });
  const double = seen.tap({ vlan: 7, innerVlan: 9 });
  for (const tap of [plain, tagged, double]) seen.see(tap, FLOW);
  expect(seen.vantagePoints.map(({ interface: name }) => name)).toEqual([
    "eth0",
    "eth0.7",
    "eth0.7.9",
  ]);
});

test("two captures of one interface are two vantage points with names of their own", () => {
  const seen = new Sightings(cluster());
  for (const tap of [seen.at("n1/eth0"), seen.at("n1/eth0")]) seen.see(tap, FLOW);
  expect(seen.vantagePoints.map(({ id }) => id)).toEqual(["n1/eth0", "n1/eth0 (2)"]);
});
