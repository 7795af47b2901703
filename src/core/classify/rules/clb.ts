import type { PathRule } from "../rule.ts";
import { proven } from "../verdict.ts";

export const clb: PathRule = {
  meta: {
    id: "clb",
    title: "Classic Load Balancer to a node's port",
    why: "The legacy load balancer knows instances only: every connection goes through a NodePort.",
    proves: "The Classic Load Balancer's interface opened this connection.",
    doesNotProve: "Who the client is, unless a PROXY protocol header says so.",
    confirm: "aws elb describe-load-balancers",
    sources: ["ELB user guide: classic load balancers"],
  },
  match(subject) {
    return subject.orig.kind === "load-balancer" && subject.orig.loadBalancerType === "classic"
      ? proven("clb", subject)
      : null;
  },
};
