/**
 * Goal: pod-to-pod paths are "proven" only by what was captured on both sides, and the nearest look-alike is named otherwise.
 * Method: one connection of the example cluster, seen at more and fewer places.
 */
import { describe, expect, test } from "vitest";
import { oneConnection, type Sighting } from "../../../support/flow.ts";
import { cluster, conntrack, statesWith } from "../../../support/snapshot.ts";

const A = "pod:default/web-a";
const C = "pod:default/api-c";
const PLAIN = "10.0.1.11:4000 > 10.0.2.51:8080";
const BY_N1 = "10.0.1.10:5000 > 10.0.2.51:8080";
const BY_N2 = "10.0.2.10:5000 > 10.0.2.51:8080";
const VIP = "10.0.1.11:4000 > 10.100.0.50:80";

const AT_A: Sighting = [A, PLAIN, 64, 62];
const AT_N1: Sighting = ["n1/eth0", PLAIN, 63, 63];
const AT_N2: Sighting = ["n2/eth0", PLAIN, 63, 63];
const AT_C: Sighting = [C, PLAIN, 62, 64];

const verdict = (...sightings: Sighting[]) => oneConnection(cluster(), sightings).verdicts;

describe("pod-to-pod-direct", () => {
  test.each([
    ["both pods and an ENI between them", [AT_A, AT_N1, AT_C], "pod-to-pod-direct (proven)"],
    [
      "both pods, where a tunnel would not show",
      [AT_A, AT_C],
      "pod-to-pod-direct (inferred) or pod-to-pod-overlay",
    ],
    ["the first pod", [AT_A, AT_N1], "pod-to-pod-direct (inferred) or pod-to-pod-nat"],
    [
      "the second pod",
      [AT_N2, AT_C],
      "pod-to-pod-direct (inferred) or service-clusterip, pod-to-pod-nat",
    ],
    ["one pod alone", [AT_A], "pod-to-pod-direct (inferred) or pod-to-pod-nat, pod-to-pod-overlay"],
    [
      "the wire only",
      [AT_N1, AT_N2],
      "pod-to-pod-direct (inferred) or service-clusterip, pod-to-pod-nat",
    ],
  ] as const)("seen at %s", (_, sightings, wanted) => {
    expect(verdict(...sightings)).toEqual([wanted]);
  });

  test("without an answer from the second pod its own interface still shows what it received", () => {
    expect(verdict(AT_A, AT_N1, [C, PLAIN, 62])).toEqual(["pod-to-pod-direct (proven)"]);
  });

  test("an unknown place counts as the pod's when nobody has forwarded the packets yet", () => {
    const seen = verdict(["x", PLAIN, 64, 62], AT_N1, AT_C);
    expect(seen).toEqual(["pod-to-pod-direct (proven)"]);
    expect(verdict(["x", PLAIN, 63, 62], AT_N1, AT_C)).toEqual([
      "pod-to-pod-direct (inferred) or service-clusterip, pod-to-pod-nat",
    ]);
  });

  test("pods of one node need no tunnel, so their own interfaces prove it", () => {
    const local = "10.0.1.11:4000 > 10.0.1.21:8080";
    const seen = verdict([A, local, 64, 63], ["pod:default/web-b", local, 63, 64]);
    expect(seen).toEqual(["pod-to-pod-direct (proven)"]);
  });
});

describe("pod-to-pod-nat", () => {
  test("a rewrite seen from the pod that sent is proven", () => {
    expect(verdict(AT_A, [C, BY_N1, 62, 64])).toEqual(["pod-to-pod-nat (proven)"]);
  });

  test("a rewrite seen behind the sender's ENI may have begun at a service", () => {
    expect(verdict(AT_N2, [C, BY_N2, 62, 64])).toEqual([
      "pod-to-pod-nat (inferred) or service-clusterip",
    ]);
  });

  test("the conntrack of the sender's own node knows what it sent", () => {
    const entry =
      "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=4000 dport=8080 src=10.0.2.51 dst=10.0.1.10 sport=8080 dport=5000 use=1";
    const states = statesWith("n1", { conntrack: conntrack(entry) });
    const seen = oneConnection(cluster({ nodeStates: states }), [["n1/eth0", BY_N1, 63, 63]]);
    expect(seen.verdicts).toEqual(["pod-to-pod-nat (proven)"]);
  });

  test("the conntrack of another node does not", () => {
    const entry =
      "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=4000 dport=8080 src=10.0.2.51 dst=10.0.2.10 sport=8080 dport=5000 use=1";
    const states = statesWith("n2", { conntrack: conntrack(entry) });
    const seen = oneConnection(cluster({ nodeStates: states }), [[C, BY_N2, 62, 64]]);
    expect(seen.verdicts).toEqual(["pod-to-pod-nat (inferred) or service-clusterip"]);
  });

  test("a pod's address that was rewritten is proven, an unknown address may be a service's", () => {
    const toWebB = "10.0.1.11:4000 > 10.0.1.21:8080";
    expect(verdict([A, PLAIN, 64, 63], ["pod:default/web-b", toWebB, 63, 64])).toEqual([
      "pod-to-pod-nat (proven)",
    ]);
    const unknown = "10.0.1.11:4000 > 10.0.9.9:80";
    expect(verdict([A, unknown, 64, 63], ["pod:default/web-b", toWebB, 63, 64])).toEqual([
      "pod-to-pod-nat (inferred) or service-clusterip",
    ]);
  });
});

describe("service-clusterip", () => {
  test("the service address and the endpoint are proven", () => {
    expect(verdict([A, VIP, 64, 62], AT_C)).toEqual(["service-clusterip (proven)"]);
  });

  test("the service address alone is proven: who answered is another question", () => {
    expect(verdict([A, VIP, 64, 62])).toEqual(["service-clusterip (proven)"]);
  });

  test("a hairpin to the pod itself is a service like any other", () => {
    const seen = oneConnection(cluster(), [
      ["pod:default/web-b", "10.0.1.21:4000 > 10.100.0.50:80", 64, 63],
      ["pod:default/web-b", "10.0.1.10:5000 > 10.0.1.21:8080", 63, 64],
    ]);
    expect(seen.verdicts).toEqual(["service-clusterip (proven)"]);
    expect(seen.connection.nat.map(({ kind }) => kind)).toEqual(["both"]);
  });

  test("without the list of services a rewritten outside address is most likely one", () => {
    const seen = oneConnection(cluster({ services: [] }), [[A, VIP, 64, 62], AT_C]);
    expect(seen.verdicts).toEqual(["service-clusterip (inferred) or pod-to-pod-nat"]);
    expect(seen.findings).toEqual([]);
  });
});

describe("pod-to-node", () => {
  const toNode = "10.0.1.11:4000 > 10.0.1.10:9100";
  test("seen where the pod sent it", () => {
    expect(verdict([A, toNode, 64, 64])).toEqual(["pod-to-node (proven)"]);
  });

  test("seen elsewhere it may have been a service", () => {
    expect(verdict(["n2/eth0", "10.0.1.11:4000 > 10.0.2.10:9100", 63, 64])).toEqual([
      "pod-to-node (inferred) or service-clusterip",
    ]);
  });

  test("a forwarded answer without the list of services may come from behind a NodePort", () => {
    const seen = (answerTtl: number) =>
      oneConnection(cluster({ services: [] }), [[A, toNode, 64, answerTtl]]).verdicts;
    expect(seen(63)).toEqual(["pod-to-node (inferred) or nodeport"]);
    expect(seen(64)).toEqual(["pod-to-node (proven)"]);
  });
});

describe("node-to-pod", () => {
  test("what the node itself sent is inferred: a host's use of a service looks the same", () => {
    expect(verdict([A, "10.0.1.10:4000 > 10.0.1.11:8080", 64, 64])).toEqual([
      "node-to-pod (inferred) or service-clusterip",
    ]);
  });

  test("forwarded packets with the own node's address were masqueraded for somebody", () => {
    const [only] = verdict([A, "10.0.1.10:4000 > 10.0.1.11:8080", 63, 64]);
    expect(only).toMatch(/^unclassified \(possible\) or .*node-to-pod/);
  });
});
