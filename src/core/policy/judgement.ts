/** What a rule makes of one connection. */
import type { ReportConnection } from "../report/report.ts";

export type Judgement =
  | { readonly outcome: "holds" }
  | {
      readonly outcome: "violates" | "open";
      /** One phrase about the connection: what is wrong with it, or what is not known. */
      readonly what: string;
      /** What would decide; only of open ones. */
      readonly hint?: string;
    };

export type Judge = (connection: ReportConnection) => Judgement;

export const HOLDS: Judgement = { outcome: "holds" };

export function violates(what: string): Judgement {
  return { outcome: "violates", what };
}

export function open(what: string, hint?: string): Judgement {
  return { outcome: "open", what, ...(hint === undefined ? {} : { hint }) };
}

/** The worst of several: a violation outweighs a doubt. */
export function worst(judgements: Iterable<Judgement>): Judgement {
  let result = HOLDS;
  for (const judgement of judgements) {
    if (judgement.outcome === "violates") return judgement;
    if (judgement.outcome === "open" && result.outcome === "holds") result = judgement;
  }
  return result;
}
