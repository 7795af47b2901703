/** Whether the server gets the client's own address: in the packets, in a header, or not at all. */
import type { ReportConnection } from "../report/report.ts";
import { possibleClasses } from "./class-answer.ts";
import type { Places } from "./judge-place.ts";
import { HOLDS, type Judge, open, violates } from "./judgement.ts";

type Found = "preserved" | "told" | "lost";

const WORDS: Readonly<Record<Found, string>> = {
  preserved: "the packets that the server gets carry the client's address",
  told: "only a header tells the client's address",
  lost: "the server does not get the client's address",
};

/** Classes in which the address that the server sees may not be the client's, rewrite seen or not. */
const MAY_REWRITE: ReadonlySet<string> = new Set([
  "nlb-instance",
  "alb-instance",
  "clb",
  "nodeport",
  "pod-to-pod-nat",
  "service-clusterip",
  "snat-egress",
  "unclassified",
]);

export function judgeClientAddress(expected: ReadonlySet<string>, places: Places): Judge {
  return (connection) => {
    // Nobody's request: there is no client whose address could be lost.
    if (connection.healthCheck === true) return HOLDS;
    const found = clientAddress(connection, places);
    if (found === null)
      return open(
        "whether the server gets the client's address is not known",
        connection.wouldDecide ?? `a capture at the server, ${connection.resp.address}`,
      );
    return expected.has(found) ? HOLDS : violates(WORDS[found]);
  };
}

function clientAddress(connection: ReportConnection, places: Places): Found | null {
  const { nat, orig, client, tcp } = connection;
  const isProxied = orig.kind === "load-balancer";
  const isRewritten = nat.some(({ before, after }) => before.orig.address !== after.orig.address);
  if (isProxied || isRewritten) {
    if (client !== undefined) return "told";
    // The header stands at the beginning, which was not captured.
    return tcp?.state === "mid-stream" ? null : "lost";
  }
  if (connection.confidence === "proven") return "preserved";
  if (possibleClasses(connection).some((id) => MAY_REWRITE.has(id)))
    return isSeenAtServer(connection, places) ? "preserved" : null;
  return "preserved";
}

/** At the server's own interface, with the client's address still there. */
function isSeenAtServer({ observations, orig, resp }: ReportConnection, places: Places): boolean {
  const own = `${resp.namespace ?? ""}/${resp.name ?? ""}`;
  return observations.some((one) => {
    const place = places.get(one.vantagePoint);
    return place?.pod === own && one.orig.address === orig.address && one.records.orig > 0;
  });
}
