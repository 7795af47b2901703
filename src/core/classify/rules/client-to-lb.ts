import type { PathRule } from "../rule.ts";
import { proven } from "../verdict.ts";

export const clientToLb: PathRule = {
  meta: {
    id: "client-to-lb",
    title: "Client to a load balancer",
    why: "The client's leg ends (or is forwarded) at the load balancer; its targets see another leg.",
    proves: "The originator addressed an interface of the load balancer.",
    doesNotProve:
      "Which target served it: that leg is a connection of its own unless the client's address is preserved.",
    confirm: "aws ec2 describe-network-interfaces --filters Name=description,Values='ELB *'",
    sources: ["ELB user guide"],
  },
  match(subject) {
    return subject.resp.kind === "load-balancer" || subject.dialled.kind === "load-balancer"
      ? proven("client-to-lb", subject)
      : null;
  },
};
