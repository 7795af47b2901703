/** What a proxy joins, as either of the two connections shows it. */
import type { ProxiedLink } from "../classify/proxied.ts";
import { buildEvidence, type ReportIds } from "./build-connection.ts";
import type { ReportLink } from "./report.ts";

/** By id of the connection, in the order of the links. */
export function buildLinks(
  links: readonly ProxiedLink[],
  ids: ReportIds,
): ReadonlyMap<string, readonly ReportLink[]> {
  const built = new Map<string, ReportLink[]>();
  const add = (at: string, connection: string, side: ReportLink["side"], of: ProxiedLink): void => {
    const one: ReportLink = {
      kind: "proxied",
      connection,
      side,
      confidence: of.confidence,
      because: of.because,
      evidence: of.evidence.map((entry) => buildEvidence(entry, ids)),
    };
    const known = built.get(at);
    if (known === undefined) built.set(at, [one]);
    else known.push(one);
  };
  for (const link of links) {
    const front = ids.connections.get(link.front);
    const back = ids.connections.get(link.back);
    if (front === undefined || back === undefined) continue;
    add(front, back, "back", link);
    add(back, front, "front", link);
  }
  return built;
}
