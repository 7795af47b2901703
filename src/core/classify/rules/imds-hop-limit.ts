import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, Subject } from "../rule.ts";
import { MAX_EVIDENCE, packetsOf, placesText, senderText } from "../sightings.ts";
import { firstLeg, isEni, isPod } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

const IMDS: ReadonlySet<string> = new Set(["169.254.169.254", "fd00:ec2::254"]);

export const imdsHopLimit: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "imds-hop-limit",
    title: "Answers of the instance metadata service die at the node",
    why: "The SDK in the pod waits for its token, then falls back or fails: slow starts and missing credentials.",
    proves:
      "Answers of IMDS reached the node with a TTL of 1, which the hop to the pod uses up, and the pod's side did not show their data.",
    doesNotProve: "That the pod should use IMDS at all: IRSA or Pod Identity may be meant.",
    confirm:
      "aws ec2 describe-instances --query 'Reservations[].Instances[].MetadataOptions.HttpPutResponseHopLimit'",
    sources: [
      "EC2 user guide: instance metadata options",
      "kubernetes-sigs/aws-load-balancer-controller#2243",
    ],
  },
  find(classified) {
    return perWorkloadPair(classified.filter(diesAtNode), ({ identity, members }) => ({
      level: "warning",
      message: `${identity}: in ${counted(members.length, "connection")} to IMDS the answer got no further than the node.`,
      advice:
        "Use IRSA or EKS Pod Identity; or set the instances' HttpPutResponseHopLimit to 2 if pods are meant to read IMDS.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = dying(subject);
        return statement(
          `answers to ${senderText(subject, "orig")} came to ${placesText(seen)} with TTL 1`,
          packetsOf(seen, (one) => one.resp.lastRecord),
        );
      }),
    }));
  },
};

function dying({ connection }: Subject): Subject["connection"]["observations"] {
  return connection.observations.filter(
    (one) => isEni(one) && one.resp.records > 0 && one.resp.ttlMin === 1,
  );
}

/** The pod's side must have been watched: a process of the node itself gets the same answers and is content. */
function diesAtNode({ subject }: Classified): boolean {
  const { connection } = subject;
  if (!IMDS.has(firstLeg(connection).resp.address) || !isPod(subject.orig)) return false;
  const atNode = Math.max(0, ...dying(subject).map((one) => one.resp.records));
  if (atNode === 0) return false;
  const inside = connection.observations.filter((one) => one.vantagePoint.kind === "pod-veth");
  return inside.length > 0 && inside.every((one) => one.resp.records < atNode);
}
