import { isLocalMulticast } from "../local-multicast.ts";
import type { PathRule } from "../rule.ts";
import { firstLeg } from "../subject.ts";
import { proven } from "../verdict.ts";

export const linkLocal: PathRule = {
  meta: {
    id: "link-local",
    title: "Link-local services and neighbour traffic",
    why: "IMDS, Amazon Time, EKS Pod Identity, the VPC resolver and NodeLocal DNS answer on link-local addresses; pods that reach IMDS can read the node's credentials.",
    proves: "An end of the connection is a link-local (or local-segment multicast) address.",
    doesNotProve: "That the answer came: see the responder's packets.",
    confirm: "curl -s http://169.254.169.254/latest/meta-data/ (from the pod)",
    sources: [
      "RFC 3927",
      "RFC 4291 section 2.5.6",
      "EC2 user guide: instance metadata",
      "EKS user guide: Pod Identity",
    ],
  },
  match(subject) {
    const { dialled, resp, orig } = subject;
    const group = firstLeg(subject.connection).resp.address;
    const local =
      dialled.kind === "link-local" ||
      resp.kind === "link-local" ||
      isLocalMulticast(group) ||
      (orig.kind === "link-local" && resp.kind === "special");
    return local ? proven("link-local", subject) : null;
  },
};
