import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { levelBySuccess } from "../got-through.ts";
import type { FindingRule } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import {
  alongTheWay,
  firstDialled,
  MAX_EVIDENCE,
  packetsOf,
  placesText,
  senderText,
} from "../sightings.ts";
import { Trait } from "../traits.ts";

export const connectionRefused: FindingRule = {
  level: "error",
  concerns: { all: Trait.Refused },
  meta: {
    id: "connection-refused",
    title: "The connection was refused",
    why: "The packets get there and back, but nobody listens on that port.",
    proves: "A SYN was answered with RST.",
    doesNotProve:
      "That the process is down: a firewall that rejects with tcp-reset answers the same, and so does a pod that is not ready yet.",
    confirm: "kubectl exec POD -- ss -ltn",
    sources: ["RFC 9293 section 3.5.2"],
  },
  find(classified, context) {
    const refused = classified.filterAlone(
      (sight) => (sight.dialsService ? null : true),
      (one) =>
        one.subject.connection.tcp?.state === "refused" &&
        emptyServiceOf(one, context.snapshot) === null,
    );
    const levelOf = levelBySuccess(refused, context);
    return perWorkloadPair(refused, (pair) => {
      const dialled = firstDialled(pair.members);
      return {
        level: levelOf(pair),
        message: `${pair.identity}: ${counted(pair.members.length, "connection")} to ${dialled.join(", ")} refused.`,
        advice:
          "Compare the port with what the container listens on (ss -ltn in the pod, containerPort, targetPort of the service).",
        evidence: pair.members.head(MAX_EVIDENCE).map(({ subject }) => {
          const seen = alongTheWay(subject.connection, "resp").filter((one) => one.resp.resets > 0);
          return statement(
            `${senderText(subject, "resp")} answered the SYN with RST, seen at ${placesText(seen)}`,
            packetsOf(seen, (one) => one.resp.resetRecord),
          );
        }),
      };
    });
  },
};
