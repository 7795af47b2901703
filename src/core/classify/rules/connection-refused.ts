import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { levelBySuccess } from "../got-through.ts";
import type { FindingRule } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import {
  alongTheWay,
  dialledText,
  MAX_EVIDENCE,
  packetsOf,
  placesText,
  senderText,
} from "../sightings.ts";

export const connectionRefused: FindingRule = {
  level: "error",
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
  find(classified, { snapshot }) {
    const refused = classified.filter(
      (one) =>
        one.subject.connection.tcp?.state === "refused" && emptyServiceOf(one, snapshot) === null,
    );
    const levelOf = levelBySuccess(refused, classified);
    return perWorkloadPair(refused, (pair) => {
      const dialled = [...new Set(pair.members.map(({ subject }) => dialledText(subject)))];
      return {
        level: levelOf(pair),
        message: `${pair.identity}: ${counted(pair.members.length, "connection")} to ${dialled.slice(0, 3).join(", ")} refused.`,
        advice:
          "Compare the port with what the container listens on (ss -ltn in the pod, containerPort, targetPort of the service).",
        evidence: pair.members.slice(0, MAX_EVIDENCE).map(({ subject }) => {
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
