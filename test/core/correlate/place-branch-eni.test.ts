/**
 * Goal: packets of pods with security groups are placed at the pod's branch ENI, by VLAN tag, by its MAC, and by the interface's
 * name where a cooked capture lost the tag; a tag that is nobody's places nothing. Method: whole analyses of a few frames.
 */
import { describe, expect, test } from "vitest";
import {
  analysisOf,
  findingsOf,
  handshake,
  mirrored,
  NODE,
  NODE_MAC,
  POD,
  type Start,
  snapshotTexts,
} from "../../support/mirrored-cluster.ts";
import { ethernet, sll2 } from "../../support/packet.ts";
import { kubePod } from "../cluster/load-text.ts";

const GREEN = { ip: "10.0.4.21", mac: "02:00:00:00:04:21", vlan: 101, eni: "eni-0green" };
const BLUE = { ip: "10.0.4.22", mac: "02:00:00:00:04:22", vlan: 102, eni: "eni-0blue" };
const ROUTER = "02:00:00:00:00:01";

function branchPod(name: string, { ip, mac, vlan, eni }: typeof GREEN): object {
  const branch = [{ eniId: eni, ifAddress: mac, privateIp: ip, vlanId: vlan }];
  const annotations = { "vpc.amazonaws.com/pod-eni": JSON.stringify(branch) };
  return {
    ...kubePod({ name, ip, node: "n1" }),
    metadata: { name, namespace: "default", annotations },
  };
}

const SNAPSHOT = snapshotTexts({ pods: [branchPod("green", GREEN), branchPod("blue", BLUE)] });
const PAIR = [GREEN.ip, BLUE.ip] as const;

/** Frames of one branch on the trunk: out by the pod's MAC, in by the router's. */
function onTrunk(branch: typeof GREEN, isSender: boolean): Start {
  return (isAnswer) => {
    const isOut = isSender !== isAnswer;
    const [src, dst] = isOut ? [branch.mac, ROUTER] : [ROUTER, branch.mac];
    return ethernet({ src, dst }).vlan(branch.vlan);
  };
}

/** Strict mode: even between pods of one node packets leave by one branch and come back by the other. */
const TRUNK = handshake(onTrunk(GREEN, true), PAIR).flatMap((one, i) => [
  one,
  handshake(onTrunk(BLUE, false), PAIR)[i] ?? one,
]);

function atVeth(sender: boolean) {
  const sent = handshake(() => ethernet({ src: "ee:00:00:00:00:01" }), PAIR, { ttl: 64 });
  const got = handshake(() => ethernet({ src: "ee:00:00:00:00:01" }), PAIR, { ttl: 62 });
  return sent.map((one, i) => ((i === 1) !== sender ? one : got[i]) ?? one);
}

describe("a capture of a trunk ENI", () => {
  test("shows each pod at its branch, by VLAN", async () => {
    const { vantagePoints } = await analysisOf([TRUNK], SNAPSHOT);
    expect(vantagePoints.map(({ node, pod, kind }) => ({ node, pod, kind }))).toEqual([
      { node: "n1", pod: "default/green", kind: "branch-eni" },
      { node: "n1", pod: "default/blue", kind: "branch-eni" },
    ]);
    expect(vantagePoints[0]?.id).toBe("n1/eni-0green");
    expect(vantagePoints[0]?.because).toContain("VLAN 101 is eni-0green");
  });

  test("is no view from inside the pods: a service may have been rewritten before", async () => {
    const found = await analysisOf([TRUNK], SNAPSHOT);
    expect(found.classified).toHaveLength(1);
    const verdict = found.classified[0]?.verdict;
    expect(verdict).toMatchObject({ class: "pod-to-pod-direct", confidence: "inferred" });
    expect(verdict?.candidates).toContain("service-clusterip");
    expect(verdict?.candidates).toContain("pod-to-pod-nat");
  });

  test("with both pods' own ends proves the path, and its way out and back is expected", async () => {
    const found = await analysisOf([atVeth(true), TRUNK, atVeth(false)], SNAPSHOT);
    const [only, ...others] = found.classified;
    expect(others).toEqual([]);
    expect(only?.verdict).toMatchObject({ class: "pod-to-pod-direct", confidence: "proven" });
    expect(only?.subject.connection.packets).toEqual({ orig: 2, resp: 1 });
    const kinds = only?.subject.connection.observations.map((one) => one.vantagePoint.kind);
    expect(kinds).toEqual(["pod-veth", "branch-eni", "branch-eni", "pod-veth"]);
    expect(findingsOf(found)).toEqual([]);
  });

  test("with a tag that no pod has is only a VLAN", async () => {
    const packets = handshake((isAnswer) => {
      const [src, dst] = isAnswer ? [ROUTER, NODE_MAC.a] : [NODE_MAC.a, ROUTER];
      return ethernet({ src, dst }).vlan(300);
    });
    const { vantagePoints } = await analysisOf([packets], SNAPSHOT);
    expect(vantagePoints.map(({ pod, kind }) => ({ pod, kind }))).toEqual([
      { pod: null, kind: "node-eni" },
    ]);
  });

  test("with a VLAN id that another node's pod has places nothing there", async () => {
    const packets = handshake((isAnswer) => {
      const [src, dst] = isAnswer ? [ROUTER, NODE_MAC.b] : [NODE_MAC.b, ROUTER];
      return ethernet({ src, dst }).vlan(GREEN.vlan);
    });
    const { vantagePoints } = await analysisOf([packets], SNAPSHOT);
    expect(vantagePoints[0]).toMatchObject({ node: "n2", pod: null, kind: "node-eni" });
  });
});

test("an untagged capture of vlan.eth.N is told by the branch's MAC", async () => {
  const packets = handshake(
    (isAnswer) =>
      ethernet(isAnswer ? { src: ROUTER, dst: GREEN.mac } : { src: GREEN.mac, dst: ROUTER }),
    [GREEN.ip, POD.b],
  );
  const { vantagePoints } = await analysisOf([packets], SNAPSHOT);
  expect(vantagePoints[0]).toMatchObject({ node: "n1", pod: "default/green", kind: "branch-eni" });
});

test("where -i any lost the tag, ip addr names the branch's interface", async () => {
  const text = [
    "2: eth0: <UP> mtu 9001 state UP",
    `    link/ether ${NODE_MAC.a} brd ff:ff:ff:ff:ff:ff`,
    `    inet ${NODE.a}/24 scope global eth0`,
    "7: vlan.eth.101@eth0: <UP> mtu 9001 state UP",
    `    link/ether ${GREEN.mac} brd ff:ff:ff:ff:ff:ff`,
    "",
  ].join("\n");
  const packets = handshake(
    (isAnswer) =>
      sll2({
        interfaceIndex: 7,
        packetType: isAnswer ? 0 : 4,
        address: isAnswer ? ROUTER : GREEN.mac,
      }),
    [GREEN.ip, POD.b],
  );
  const snapshot = [...SNAPSHOT, { file: "n1/ip-addr.txt", text }];
  const { vantagePoints } = await analysisOf([packets], snapshot, 276);
  expect(vantagePoints[0]).toMatchObject({
    id: "n1/vlan.eth.101",
    pod: "default/green",
    kind: "branch-eni",
  });
});

test("a mirrored branch ENI is the pod's as well", async () => {
  const packets = handshake(mirrored(GREEN.ip, "10.0.3.200", 5), [GREEN.ip, POD.b]);
  const found = await analysisOf([packets], SNAPSHOT);
  const inner = found.classified.find(({ subject }) => subject.resp.kind === "pod");
  expect(inner?.subject.connection.observations[0]?.vantagePoint).toMatchObject({
    id: "n1/eni-0green",
    pod: "default/green",
    kind: "branch-eni",
  });
});
