import { statement } from "../evidence.ts";
import type { FindingRule, RuleContext } from "../rule.ts";
import { NO_CONNECTION } from "../traits.ts";

/** Pods come and go, and addresses are given out again 30 seconds after (VPC CNI ipamd cool-down). */
const STALE_NS = 3_600_000_000_000n;
const HOUR_NS = 3_600_000_000_000n;

export const staleSnapshot: FindingRule = {
  level: "note",
  concerns: NO_CONNECTION,
  meta: {
    id: "stale-snapshot",
    title: "Snapshot and captures are hours apart",
    why: "Pod addresses are given to other pods within a minute: names in this report may be those of others.",
    proves: "The snapshot was taken more than an hour before the first packet or after the last.",
    doesNotProve: "That any address changed hands in between.",
    confirm: "kubectl get pods -A -o wide --sort-by=.status.startTime",
    sources: ["aws/amazon-vpc-cni-k8s pkg/ipamd/datastore (IP cooldown period)"],
  },
  find(_classified, { snapshot, captures }) {
    if (snapshot.takenAt === undefined) return [];
    const taken = nanoseconds(snapshot.takenAt);
    const span = spanOf(captures);
    if (taken === null || span === null) return [];
    const apart = taken < span.first ? span.first - taken : taken - span.last;
    if (apart <= STALE_NS) return [];
    const when = taken < span.first ? "before the first packet" : "after the last packet";
    return [
      {
        level: "note",
        connections: [],
        message: `The snapshot was taken ${apart / HOUR_NS} h ${when}.`,
        advice:
          "Take snapshot and captures together; names of pods that live shorter than that are not to be trusted.",
        evidence: [statement(`the snapshot says that it was taken at ${snapshot.takenAt}`)],
        identity: "snapshot",
      },
    ];
  },
};

function spanOf(captures: RuleContext["captures"]): { first: bigint; last: bigint } | null {
  let span: { first: bigint; last: bigint } | null = null;
  for (const { firstSeenNs, lastSeenNs } of captures) {
    if (firstSeenNs === null || lastSeenNs === null) continue;
    span =
      span === null
        ? { first: firstSeenNs, last: lastSeenNs }
        : {
            first: firstSeenNs < span.first ? firstSeenNs : span.first,
            last: lastSeenNs > span.last ? lastSeenNs : span.last,
          };
  }
  return span;
}

function nanoseconds(rfc3339: string): bigint | null {
  const milliseconds = Date.parse(rfc3339);
  return Number.isNaN(milliseconds) ? null : BigInt(milliseconds) * 1_000_000n;
}
