/** What a proxy joins, as either of the two connections shows it. */
import type { ProxiedLink } from "../classify/proxied.ts";
import { buildEvidence, type ReportIds } from "./build-connection.ts";
import type { ReportLink } from "./report.ts";

interface Side {
  readonly link: ProxiedLink;
  /** Of the other connection. */
  readonly side: ReportLink["side"];
}

/** The links of a connection by its index, in the order given; those to what is no connection of the report are left out. */
export function buildLinks(
  links: readonly ProxiedLink[],
  ids: ReportIds,
  connections: number,
): (connection: number) => ReportLink[] {
  const sides = new Map<number, Side[]>();
  const add = (at: number, one: Side): void => {
    const known = sides.get(at);
    if (known === undefined) sides.set(at, [one]);
    else known.push(one);
  };
  for (const link of links) {
    if (link.front >= connections || link.back >= connections) continue;
    add(link.front, { link, side: "back" });
    add(link.back, { link, side: "front" });
  }
  return (connection) =>
    (sides.get(connection) ?? []).map(({ link, side }) => ({
      kind: "proxied",
      connection: ids.connection(side === "back" ? link.back : link.front),
      side,
      confidence: link.confidence,
      because: link.because,
      evidence: link.evidence.map((entry) => buildEvidence(entry, ids)),
    }));
}
