/** What was rewritten on the way of a connection, and whether that is what a policy expects. */
import type { ReportConnection } from "../report/report.ts";
import { possibleClasses } from "./class-answer.ts";
import { HOLDS, type Judge, open, violates } from "./judgement.ts";
import type { NAT_SHAPES } from "./policy-schema.ts";

export type NatShape = (typeof NAT_SHAPES)[number];

export function natShape({ nat }: ReportConnection): NatShape {
  let source = false;
  let destination = false;
  for (const { kind } of nat) {
    source ||= kind !== "dnat";
    destination ||= kind !== "snat";
  }
  if (source) return destination ? "both" : "snat";
  return destination ? "dnat" : "none";
}

/** What a class may have had rewritten where the rewrite itself was not seen; every other class rewrites nothing. */
const SHAPES: Readonly<Record<string, readonly NatShape[]>> = {
  "pod-to-pod-nat": ["snat", "dnat", "both"],
  "service-clusterip": ["dnat", "both"],
  "snat-egress": ["snat"],
  "nlb-instance": ["dnat", "both"],
  "alb-instance": ["dnat", "both"],
  clb: ["dnat", "both"],
  nodeport: ["dnat", "both"],
  unclassified: ["none", "snat", "dnat", "both"],
};

const WORDS: Readonly<Record<NatShape, string>> = {
  none: "nothing was rewritten",
  snat: "its source was rewritten",
  dnat: "its destination was rewritten",
  both: "source and destination were rewritten",
};

export function judgeNat(expected: ReadonlySet<NatShape>): Judge {
  return (connection) => {
    const seen = natShape(connection);
    if (connection.confidence === "proven")
      return expected.has(seen) ? HOLDS : violates(WORDS[seen]);
    const possible = new Set<NatShape>(
      possibleClasses(connection).flatMap((id) => SHAPES[id] ?? (["none"] as const)),
    );
    possible.add(seen);
    // A rewrite that was seen is a fact, whatever else is not known; another one may come to it.
    const shapes = [...possible].filter((shape) => includes(shape, seen));
    const right = shapes.filter((shape) => expected.has(shape)).length;
    if (right === shapes.length) return HOLDS;
    if (right === 0) return violates(WORDS[seen]);
    return open("whether it was rewritten is not known", connection.wouldDecide);
  };
}

function includes(shape: NatShape, seen: NatShape): boolean {
  return seen === "none" || shape === seen || shape === "both";
}
