/**
 * Goal: a file that mergecap made of several hosts' `-i any` captures keeps the hosts apart. Method: two nodes' LINUX_SLL2
 * captures under one roof; the same ifindexes stand for other interfaces on each.
 */
import { expect, test } from "vitest";
import { analyze } from "../../src/core/analyze.ts";
import { jobOf, mergePcapng } from "../support/capture-form.ts";
import { captureFlows } from "../support/synthetic-captures.ts";
import { buildCluster } from "../support/synthetic-cluster.ts";
import { buildFlows } from "../support/synthetic-flows.ts";
import { snapshotTexts } from "../support/synthetic-snapshot.ts";

const cluster = buildCluster({
  salt: 1,
  ipv6: false,
  vpc: 0,
  customNetworking: false,
  prefixDelegation: false,
  externalSnat: false,
  randomPorts: true,
  excludePeer: false,
  nodes: 2,
  podsPerNode: 2,
  deviceNames: ["eth0", "eth1"],
});
const flows = buildFlows(cluster, [
  { kind: "direct", protocol: "tcp", from: 0, to: 1, port: 0, overlay: 0 },
  { kind: "egress", protocol: "tcp", from: 2, to: 0, port: 1, overlay: 0 },
  { kind: "egress", protocol: "tcp", from: 0, to: 0, port: 2, overlay: 0 },
]);
const captures = captureFlows(cluster, flows, "any");
const merged = () => [jobOf("all.pcapng", mergePcapng(captures))];

test("each interface description is a host of its own", async () => {
  expect(captures).toHaveLength(2);
  const { vantagePoints, classified } = await analyze(merged(), snapshotTexts(cluster, flows));
  const names = cluster.nodes.map(({ name }) => name);
  expect([...new Set(vantagePoints.map(({ node }) => node))].sort()).toEqual([...names].sort());
  const rewritten = [...classified].flatMap(({ subject }) =>
    subject.connection.nat.map(({ node, before }) => [before.orig.address, node]),
  );
  expect(rewritten.sort()).toEqual(
    [0, 2].map((pod) => [cluster.pods[pod]?.address, cluster.pods[pod]?.node.name]).sort(),
  );
});

test("without any snapshot the same ifindex of two hosts is two places", async () => {
  const { vantagePoints } = await analyze(merged(), []);
  const separate = await analyze(
    captures.map((one) => jobOf(one.file, mergePcapng([one]))),
    [],
  );
  expect(vantagePoints).toHaveLength(separate.vantagePoints.length);
});
