/** The tuples under which one connection was on the wire. */
import type { ReportConnection, ReportNatStep } from "./report.ts";

export type ConnectionLeg = ReportNatStep["before"];

/** Every distinct tuple in path order: as dialled first, then as each rewrite left it, then any other that was seen. */
export function connectionLegs(connection: ReportConnection): readonly ConnectionLeg[] {
  const { orig, dialled, nat, observations } = connection;
  const first: ConnectionLeg = {
    orig: { address: orig.address, port: orig.port ?? 0 },
    resp: { address: dialled.address, port: dialled.port ?? 0 },
  };
  const legs: ConnectionLeg[] = [];
  const known = new Set<string>();
  for (const leg of [
    first,
    ...nat.flatMap(({ before, after }) => [before, after]),
    ...observations.map((one) => ({ orig: one.orig, resp: one.resp })),
  ]) {
    const key = tupleKey(leg);
    if (known.has(key)) continue;
    known.add(key);
    legs.push(leg);
  }
  return legs;
}

/** Text that is the same for the same tuple; port null and 0 are one. */
export function tupleKey({ orig, resp }: ConnectionLeg): string {
  return `${orig.address} ${orig.port ?? 0} ${resp.address} ${resp.port ?? 0}`;
}
