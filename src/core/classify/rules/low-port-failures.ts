import { natEvidence } from "../evidence.ts";
import { indexes } from "../finding-group.ts";
import type { Classified, FindingMatch, FindingRule, RuleContext } from "../rule.ts";
import { MAX_EVIDENCE } from "../sightings.ts";
import { lastLeg, rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";
import { wasWatched } from "../watched.ts";

/** First ephemeral port of Linux (net.ipv4.ip_local_port_range), which firewall rules are written for. */
const EPHEMERAL_START = 32_768;
/** With half of the ports below, eight on the right side each by chance are one case in 65,536. */
const MIN_EACH = 8;

export const lowPortFailures: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "low-port-failures",
    title: "SNATed connections fail from ports below 32768 and only from those",
    why: "Half of all connections time out, at random as it seems: SNAT chooses ports from 1024 on, a firewall lets 32768 and above pass.",
    proves:
      "Of the connections that left by this address towards this network, all with a source port below 32768 got no answer and all above got one, at least eight each.",
    doesNotProve: "Which network ACL or firewall does it, or that a port rule is the cause.",
    confirm: "aws ec2 describe-network-acls --filters Name=association.subnet-id,Values=SUBNET",
    sources: ["aws/amazon-vpc-cni-k8s#503", "aws/amazon-vpc-cni-k8s#1893"],
  },
  find(classified, context) {
    const byAddress = new Map<string, Classified[]>();
    for (const one of classified) {
      const { connection } = one.subject;
      if (connection.tcp === null || !connection.nat.some(rewritesSource)) continue;
      // One destination that is down for a while fails from any port; each is judged alone.
      const { orig, resp } = lastLeg(connection);
      const key = `${orig.address} → ${resp.address}`;
      const known = byAddress.get(key);
      if (known === undefined) byAddress.set(key, [one]);
      else known.push(one);
    }
    return [...byAddress].flatMap(([key, all]) => judge(key, all, context));
  },
};

function judge(key: string, all: readonly Classified[], context: RuleContext): FindingMatch[] {
  const low = all.filter((one) => portOf(one) < EPHEMERAL_START);
  const high = all.filter((one) => portOf(one) >= EPHEMERAL_START);
  if (low.length < MIN_EACH || high.length < MIN_EACH) return [];
  if (!low.every((one) => isSilent(one, context)) || !high.every(isAnswered)) return [];
  const examples = [...low.slice(0, MAX_EVIDENCE / 2), ...high.slice(0, MAX_EVIDENCE / 2)];
  return [
    {
      level: "warning",
      connections: indexes(low),
      message: `${key}: all ${low.length} connections from ports below ${EPHEMERAL_START} got no answer, all ${high.length} from higher ports did.`,
      advice:
        "Let network ACLs and firewalls pass answers to ports 1024-65535, not only to 32768-65535.",
      evidence: examples.flatMap(({ subject }) =>
        subject.connection.nat.filter(rewritesSource).slice(-1).map(natEvidence),
      ),
      identity: key,
    },
  ];
}

function portOf({ subject }: Classified): number {
  return lastLeg(subject.connection).orig.port ?? 0;
}

function isSilent({ subject: { connection } }: Classified, context: RuleContext): boolean {
  if (connection.packets.resp > 0) return false;
  return (
    (connection.tcp?.retransmissions.orig ?? 0) > 0 ||
    wasWatched(connection, context, connection.firstSeenNs)
  );
}

function isAnswered({ subject: { connection } }: Classified): boolean {
  return connection.packets.resp > 0;
}
