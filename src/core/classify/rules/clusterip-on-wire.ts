import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { FindingRule, Subject } from "../rule.ts";
import { dialledText, firstOf, MAX_EVIDENCE, placesText } from "../sightings.ts";
import { firstLeg, isEni, sightingsOf } from "../subject.ts";
import { Trait } from "../traits.ts";

export const clusteripOnWire: FindingRule = {
  level: "error",
  concerns: { all: Trait.ToService | Trait.AtEni },
  meta: {
    id: "clusterip-on-wire",
    title: "A ClusterIP went over the wire untranslated",
    why: "A ClusterIP means something only on the node that translates it; on the VPC nobody owns it and the packet is lost.",
    proves: "A packet to a service's ClusterIP was seen on a node's ENI.",
    doesNotProve:
      "Why nobody translated it: kube-proxy may not have run yet, or the sender is outside the cluster.",
    confirm:
      "iptables -t nat -S KUBE-SERVICES; kubectl -n kube-system get pods -l k8s-app=kube-proxy",
    sources: ["aws/amazon-vpc-cni-k8s#1090", "aws/amazon-vpc-cni-k8s#2982"],
  },
  find(classified, { snapshot }) {
    // External and ingress addresses of a service may be on the wire; only a ClusterIP may not.
    const clusterIps = new Set(snapshot.services.flatMap((service) => service.clusterIps));
    const lost = classified.filter(
      ({ subject }) =>
        subject.dialled.kind === "service" &&
        clusterIps.has(firstLeg(subject.connection).resp.address) &&
        onWire(subject).length > 0,
    );
    return perWorkloadPair(lost, ({ identity, members }) => ({
      level: "error",
      message: `${identity}: ${counted(members.length, "connection")} to ${members
        .head(1)
        .map(({ subject }) => dialledText(subject))
        .join("")} left the node untranslated.`,
      advice:
        "See that kube-proxy (or what replaces it) runs on that node and has the service; from outside the cluster use a load balancer or NodePort.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = onWire(subject);
        return statement(
          `${dialledText(subject)} was addressed at ${placesText(seen)}`,
          firstOf(seen, "orig"),
        );
      }),
    }));
  },
};

function onWire({ connection }: Subject): ReturnType<typeof sightingsOf> {
  return sightingsOf(connection, firstLeg(connection)).filter(
    (one) => isEni(one) && one.orig.records > 0,
  );
}
