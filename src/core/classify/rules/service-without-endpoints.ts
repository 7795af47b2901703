import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import { firstOf, MAX_EVIDENCE, packetsOf, placesText, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";

export const serviceWithoutEndpoints: FindingRule = {
  level: "error",
  concerns: { all: Trait.ToService },
  meta: {
    id: "service-without-endpoints",
    title: "The service that was dialled has nobody behind it",
    why: "Every connection to it fails until a ready pod matches its selector.",
    proves:
      "Packets to the service's address were not translated or answered, and the snapshot lists no ready endpoint for it.",
    doesNotProve:
      "Why: the selector may match no pod, the pods may not be ready, or they came after the snapshot was taken.",
    confirm: "kubectl -n NAMESPACE get endpointslices -l kubernetes.io/service-name=SERVICE",
    sources: ["kubernetes pkg/proxy/iptables/proxier.go"],
  },
  find(classified, { snapshot }) {
    const failed = classified.filter((one) => emptyServiceOf(one, snapshot) !== null);
    return perWorkloadPair(failed, ({ identity, members }) => {
      const [first] = members.head(1);
      const empty = first === undefined ? null : emptyServiceOf(first, snapshot);
      return {
        level: "error",
        message: `${identity}: ${counted(members.length, "connection")} to service ${empty?.name ?? "?"}, which has no ready endpoint.`,
        advice:
          "Compare the service's selector with the pods' labels, and look at their readiness (kubectl describe pod).",
        evidence: [
          statement(empty?.because ?? "", [], empty?.refs ?? []),
          ...members.head(MAX_EVIDENCE - 1).map(({ subject }) => {
            const seen = subject.connection.observations;
            const errors = seen.flatMap((one) =>
              one.icmpErrors.slice(0, 1).map(({ record, from }) => ({ one, record, from })),
            );
            const [error] = errors;
            const answer =
              error === undefined ? "got no answer" : `got an ICMP error of ${error.from}`;
            return statement(`${senderText(subject, "orig")} at ${placesText(seen)} ${answer}`, [
              ...firstOf(seen.slice(0, 1), "orig"),
              ...packetsOf(
                errors.map(({ one }) => one),
                (one) => one.icmpErrors[0]?.record ?? 0,
              ).slice(0, 1),
            ]);
          }),
        ],
      };
    });
  },
};
