import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { endpointText, MAX_EVIDENCE, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";

export const proxyProtocolV2: FindingRule = {
  level: "note",
  concerns: { all: Trait.ProxyHeader },
  meta: {
    id: "proxy-protocol-v2",
    title: "The stream begins with a PROXY protocol v2 header",
    why: "The client's address is inside the stream: the server must be set up to read it, and every health check must send it too.",
    proves:
      "The first bytes of the stream are a valid header, with the client's address unless it says LOCAL.",
    doesNotProve: "That the server reads it.",
    confirm: "aws elbv2 describe-target-group-attributes --target-group-arn ARN",
    sources: ["proxy-protocol.txt section 2.2", "kubernetes/kubernetes#57250"],
  },
  find(classified) {
    const headed = classified.filter(
      ({ subject }) => subject.connection.proxyHeader?.version === 2,
    );
    return perWorkloadPair(headed, ({ identity, members }) => ({
      level: "note",
      message: `${identity}: ${counted(members.length, "connection")} with a PROXY protocol v2 header.`,
      advice: "Set the server's listener to accept PROXY protocol, on this port only.",
      evidence: members.head(MAX_EVIDENCE).flatMap(({ subject }) => {
        const header = subject.connection.proxyHeader;
        if (header === null) return [];
        const client =
          header.source === null
            ? "no client (LOCAL: a health check)"
            : `client ${endpointText(header.source)}`;
        return [
          statement(`the header that ${senderText(subject, "orig")} sent names ${client}`, [
            { capture: header.capture, record: header.record },
          ]),
        ];
      }),
    }));
  },
};
