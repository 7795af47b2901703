import { natEvidence } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, PathClass } from "../rule.ts";
import { MAX_EVIDENCE } from "../sightings.ts";
import { rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

const FROM_OUTSIDE: ReadonlySet<PathClass> = new Set([
  "nodeport",
  "nlb-instance",
  "alb-instance",
  "clb",
]);

export const clientIpLost: FindingRule = {
  level: "note",
  concerns: NOT_ALONE,
  meta: {
    id: "client-ip-lost",
    title: "The server sees a node instead of the client",
    why: "Access logs, allow lists and rate limits on the server judge the node's address, which all clients share.",
    proves:
      "The node that took the packet on its NodePort put its own address in place of the client's before the pod got it.",
    doesNotProve:
      "That anything is wrong: externalTrafficPolicy Cluster does this by design, so that the answer comes back through the same node.",
    confirm: "kubectl get service SERVICE -o jsonpath={.spec.externalTrafficPolicy}",
    sources: [
      "kubernetes.io docs: preserving the client source IP",
      "kubernetes pkg/proxy/iptables/proxier.go (KUBE-MARK-MASQ)",
    ],
  },
  find(classified) {
    return perWorkloadPair(classified.filter(isMasqueraded), ({ identity, members }) => ({
      level: "note",
      message: `${identity}: the server saw a node's address instead of the sender's in ${counted(members.length, "connection")}.`,
      advice:
        "If the server needs the client's address: externalTrafficPolicy Local, IP targets with client IP preservation, or PROXY protocol.",
      evidence: members
        .head(MAX_EVIDENCE)
        .flatMap(({ subject }) => subject.connection.nat.filter(rewritesSource).slice(0, 1))
        .map(natEvidence),
    }));
  },
};

function isMasqueraded({ subject, verdict }: Classified): boolean {
  return FROM_OUTSIDE.has(verdict.class) && subject.connection.nat.some(rewritesSource);
}
