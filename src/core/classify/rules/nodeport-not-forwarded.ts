import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { dialledText, firstOf, MAX_EVIDENCE, placesText } from "../sightings.ts";
import { firstLeg, isEni } from "../subject.ts";
import { Trait } from "../traits.ts";
import { wasWatched } from "../watched.ts";
import { type WholeNodes, wholeNodes } from "../whole-node.ts";

export const nodeportNotForwarded: FindingRule = {
  level: "warning",
  concerns: { all: Trait.SynSent | Trait.ToNode },
  meta: {
    id: "nodeport-not-forwarded",
    title: "A node took in a packet for a NodePort and sent it nowhere",
    why: "The service is reachable by other nodes only, so one health check or client in some fails.",
    proves:
      "A SYN to a NodePort came in by an ENI of the node and, with all its interfaces captured, left by none; nobody answered.",
    doesNotProve:
      "What dropped it: reverse-path filtering, a missing connection mark, a firewall rule and kube-proxy without the service look alike.",
    confirm:
      "nstat -az TcpExtIPReversePathFilter; iptables -t nat -S KUBE-NODEPORTS; sysctl net.ipv4.conf.all.rp_filter",
    sources: ["aws/amazon-vpc-cni-k8s#75", "aws/amazon-vpc-cni-k8s#130"],
  },
  find(classified, context) {
    const silent = classified.filter((one) => isSilentNodePort(one, context));
    if (silent.length === 0) return [];
    const nodes = wholeNodes(context);
    return perWorkloadPair(
      silent.filter((one) => wasKept(one, nodes)),
      ({ identity, members }) => ({
        level: "warning",
        message: `${identity}: ${counted(members.length, "connection")} to a NodePort entered the node and left it nowhere.`,
        advice:
          "See that AWS_VPC_CNI_NODE_PORT_SUPPORT is true and rp_filter of the ENI is 2, that no agent such as ec2-net-utils rewrites them, and that kube-proxy has the service.",
        evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
          const seen = subject.connection.observations;
          return statement(
            `SYN to ${dialledText(subject)} seen at ${placesText(seen)} and at no other interface of ${subject.dialled.node}`,
            firstOf(seen, "orig"),
          );
        }),
      }),
    );
  },
};

function isSilentNodePort({ subject }: Classified, context: RuleContext): boolean {
  const { connection, dialled } = subject;
  const { tcp, nat, legs, observations, ambiguousWith } = connection;
  if (tcp?.state !== "syn-sent" || nat.length > 0 || legs.length > 1) return false;
  if (dialled.kind !== "node" || ambiguousWith.length > 0) return false;
  if (observations.some(({ icmpErrors }) => icmpErrors.length > 0)) return false;
  const { snapshot } = context;
  const { port } = firstLeg(connection).resp;
  const service = snapshot.services.find(({ ports }) =>
    ports.some((one) => one.nodePort === port && one.protocol.toUpperCase() === "TCP"),
  );
  if (service === undefined) return false;
  // Without endpoints kube-proxy drops it on purpose; with policy Local also when all of them are on other nodes.
  const isLocal = service.externalTrafficPolicy === "Local";
  const hasEndpoint = snapshot.endpoints.some(
    (one) =>
      one.ready &&
      one.namespace === service.namespace &&
      one.service === service.name &&
      (!isLocal || context.owners.resolve(one.address).node === dialled.node),
  );
  if (!hasEndpoint) return false;
  return tcp.retransmissions.orig > 0 || wasWatched(connection, context, connection.firstSeenNs);
}

function wasKept({ subject: { connection, dialled } }: Classified, nodes: WholeNodes): boolean {
  const { node } = dialled;
  if (node === undefined) return false;
  const there = connection.observations.filter((one) => one.vantagePoint.node === node);
  if (there.length === 0 || !there.every(isEni)) return false;
  return nodes.isSeenOnce(connection) && nodes.covers(node, connection);
}
