/** What the hand-made Analysis of analysis.ts knows about its cluster. */
import { type ClusterSnapshot, emptySnapshot } from "../../src/core/cluster/snapshot.ts";

const N1 = "ip-192-168-1-5.ec2.internal";

export function richSnapshot(): ClusterSnapshot {
  const ref = { file: "snapshot/vpcs.json", pointer: "/Vpcs/0" };
  return {
    ...emptySnapshot(),
    cluster: "myeks",
    takenAt: "2026-11-20T01:00:00Z",
    sources: [
      { file: "snapshot/pods.json", kind: "kubectl-json", entries: 12 },
      { file: "snapshot/n1.conntrack", kind: "conntrack", entries: 40, node: N1 },
    ],
    vpcCidrs: [{ text: "192.168.0.0/16", ref }],
    cni: { externalSnat: false, excludeSnatCidrs: ["10.20.0.0/16"], randomizeSnat: "prng" },
    missing: [
      "iptables-save of node ip-192-168-2-6.ec2.internal",
      "describe-target-health: which pods an NLB reaches",
    ],
  };
}
