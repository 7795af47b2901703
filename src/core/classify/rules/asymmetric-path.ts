import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, placesText } from "../sightings.ts";
import { isEni } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

type Observation = Classified["subject"]["connection"]["observations"][number];

export const asymmetricPath: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "asymmetric-path",
    title: "Answers take another way than requests",
    why: "Conntrack, firewalls and the VPC's source check see half a conversation and may drop the other half.",
    proves:
      "One direction was seen only inside a tunnel, or only on one ENI of a node, and the other only outside it, or on another ENI.",
    doesNotProve:
      "That packets are lost: an asymmetric path may work until something stateful stands in it.",
    confirm: "ip rule; ip route show table all; sysctl net.ipv4.conf.all.rp_filter",
    sources: ["RFC 3704", "aws/amazon-vpc-cni-k8s#1392", "aws/amazon-vpc-cni-k8s#1475"],
  },
  find(classified) {
    const members = classified.filter((one) => evidenceOf(one).length > 0);
    return perWorkloadPair(members, (pair) => ({
      level: "warning",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} whose answers come back another way.`,
      advice:
        "Find the rule that sends the answer elsewhere: policy routing (ip rule) and connection marks for ENIs, a missing route into the tunnel for overlays.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap(evidenceOf).slice(0, MAX_EVIDENCE),
    }));
  },
};

function evidenceOf({ subject: { connection } }: Classified): Evidence[] {
  const byLegAndNode = new Map<string, Observation[]>();
  for (const one of connection.observations) {
    const { node } = one.vantagePoint;
    // A mirror session may copy one direction only.
    if (!isEni(one) || node === null || one.awsTunnel !== undefined) continue;
    const { orig, resp } = one.tuple;
    const key = `${node} ${orig.address} ${orig.port} ${resp.address} ${resp.port}`;
    const group = byLegAndNode.get(key);
    if (group === undefined) byLegAndNode.set(key, [one]);
    else group.push(one);
  }
  return [...byLegAndNode.values()].flatMap(splitWays);
}

/** The ENIs of one node that saw one leg, when each direction was seen by others than the other. */
function splitWays(seen: readonly Observation[]): Evidence[] {
  const requests = seen.filter((one) => one.orig.records > 0);
  const answers = seen.filter((one) => one.resp.records > 0);
  if (requests.length === 0 || answers.length === 0) return [];
  if (requests.some((one) => answers.includes(one))) return [];
  if (!differ(requests, answers)) return [];
  return [
    statement(`requests at ${placesText(requests)}, answers at ${placesText(answers)}`, [
      ...firstOf(requests.slice(0, 1), "orig"),
      ...firstOf(answers.slice(0, 1), "resp"),
    ]),
  ];
}

/**
 * In a tunnel and outside it are two ways at any place. Two interfaces are two ways where the capture recorded by which one a
 * packet came in: LINUX_SLL does not, and a place known by no name may hide two taps with one direction each.
 */
function differ(requests: readonly Observation[], answers: readonly Observation[]): boolean {
  return answers.every((answer) =>
    requests.every((request) => {
      if ((request.encapsulation === null) !== (answer.encapsulation === null)) return true;
      const x = request.vantagePoint;
      const y = answer.vantagePoint;
      if (x.oneWay || y.oneWay || x.interface === null || y.interface === null) return false;
      return x.interface !== y.interface;
    }),
  );
}
