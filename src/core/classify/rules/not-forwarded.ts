import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import { dialledText, firstOf, MAX_EVIDENCE, placesText, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";
import { wasWatched } from "../watched.ts";
import { type WholeNodes, wholeNodes } from "../whole-node.ts";

export const notForwarded: FindingRule = {
  level: "warning",
  concerns: { all: Trait.SynSent | Trait.FromPod },
  meta: {
    id: "not-forwarded",
    title: "A pod's packets enter its node and leave it nowhere",
    why: "The fault is on this node: nothing behind it needs to be looked at.",
    proves:
      "A SYN came in by the pod's interface and, with all interfaces of the node captured, left by none; nobody answered.",
    doesNotProve:
      "What dropped it: IP forwarding that is off, a FORWARD rule, a network policy at the pod's interface and a missing route look alike.",
    confirm: "sysctl net.ipv4.ip_forward; iptables -nvL FORWARD; kubectl get networkpolicies -A",
    sources: ["aws/amazon-vpc-cni-k8s#744", "aws/amazon-vpc-cni-k8s docs/troubleshooting.md"],
  },
  find(classified, context) {
    const silent = classified.filter((one) => isSilentAtPod(one, context));
    if (silent.length === 0) return [];
    const nodes = wholeNodes(context);
    return perWorkloadPair(
      silent.filter((one) => wasKept(one, nodes)),
      ({ identity, members }) => ({
        level: "warning",
        message: `${identity}: ${counted(members.length, "connection")} entered the pod's node and left it nowhere.`,
        advice:
          "Look at net.ipv4.ip_forward, the FORWARD chain's counters and the network policies that select the pod.",
        evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
          const seen = subject.connection.observations;
          return statement(
            `SYN of ${senderText(subject, "orig")} to ${dialledText(subject)} seen at ${placesText(seen)} and at no other interface of ${subject.orig.node}`,
            firstOf(seen, "orig"),
          );
        }),
      }),
    );
  },
};

/** What the node takes for itself does not leave it. */
const KEPT_KINDS: ReadonlySet<string> = new Set(["link-local", "loopback", "special"]);

function isSilentAtPod(one: Classified, context: RuleContext): boolean {
  const { connection, orig, dialled } = one.subject;
  const { tcp, nat, legs, observations, ambiguousWith } = connection;
  if (orig.kind !== "pod" || tcp?.state !== "syn-sent") return false;
  if (nat.length > 0 || legs.length > 1 || ambiguousWith.length > 0) return false;
  if (KEPT_KINDS.has(dialled.kind) || (dialled.kind === "node" && dialled.node === orig.node))
    return false;
  const pod = `${orig.namespace}/${orig.name}`;
  // A TTL of 1 ends at the first router, as it must.
  const isHere = observations.every(
    ({ vantagePoint, icmpErrors, orig: sent, encapsulation }) =>
      vantagePoint.pod === pod &&
      !vantagePoint.oneWay &&
      icmpErrors.length === 0 &&
      encapsulation === null &&
      sent.ttlMax > 1,
  );
  if (!isHere || emptyServiceOf(one, context.snapshot) !== null) return false;
  return tcp.retransmissions.orig > 0 || wasWatched(connection, context, connection.firstSeenNs);
}

function wasKept({ subject: { connection, orig } }: Classified, nodes: WholeNodes): boolean {
  const { node } = orig;
  if (node === undefined) return false;
  return nodes.isSeenOnce(connection) && nodes.covers(node, connection);
}
