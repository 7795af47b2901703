import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { openedByBalancer } from "../health-check.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, placesText, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";
import { wasWatched } from "../watched.ts";

/** A target group's default: so many failures in a row make a target unhealthy (at least 2). */
const FAILURES = 2;

export const healthCheckFailing: FindingRule = {
  level: "error",
  concerns: { all: Trait.Tcp | Trait.FromBalancer },
  meta: {
    id: "health-check-failing",
    title: "A target does not answer its load balancer",
    why: "After a few failures the target is taken out of service; when all are out, an NLB sends to all of them anyway.",
    proves:
      "Every connection that this load balancer's interfaces opened to the target's port was refused or got no answer, at least twice.",
    doesNotProve:
      "That these were health checks rather than clients' connections; or that a check failed which gets a wrong HTTP status.",
    confirm: "aws elbv2 describe-target-health --target-group-arn ARN",
    sources: ["ELB user guide: health checks for target groups", "kubernetes/kubernetes#80579"],
  },
  find(classified, context) {
    const byTarget = new Map<string, { readonly tried: number[]; hasFailed: boolean }>();
    for (const one of classified) {
      const opened = openedByBalancer(one);
      if (opened === null) continue;
      const key = `${opened.balancer} ${opened.target.address} ${opened.target.port}`;
      const group = byTarget.get(key) ?? { tried: [], hasFailed: true };
      byTarget.set(key, group);
      group.hasFailed &&= failed(one, context);
      group.tried.push(one.subject.connection.index);
    }
    const failing = [...byTarget.values()]
      .filter(({ tried, hasFailed }) => tried.length >= FAILURES && hasFailed)
      .flatMap(({ tried }) => tried);
    return perWorkloadPair(classified.of(Int32Array.from(failing)), ({ identity, members }) => ({
      level: "error",
      message: `${identity}: none of ${counted(members.length, "connection")} of the load balancer was answered.`,
      advice:
        "See that the pod listens on the target port and is ready, and that its security group admits the load balancer; with externalTrafficPolicy Local the check goes to healthCheckNodePort.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = subject.connection.observations;
        return statement(
          `${senderText(subject, "orig")} to ${senderText(subject, "resp")} at ${placesText(seen)}: ${subject.connection.tcp?.state === "refused" ? "refused" : "no answer"}`,
          firstOf(seen.slice(0, 1), "orig"),
        );
      }),
    }));
  },
};

function failed({ subject: { connection } }: Classified, context: RuleContext): boolean {
  const { tcp } = connection;
  if (tcp?.state === "refused") return true;
  if (tcp?.state !== "syn-sent") return false;
  return tcp.retransmissions.orig > 0 || wasWatched(connection, context, connection.firstSeenNs);
}
