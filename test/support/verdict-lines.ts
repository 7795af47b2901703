/** What an analysis says, without where in which file it says so: lines that two forms of the same packets must share. */
import type { Analysis } from "../../src/core/analysis.ts";
import type { FiveTuple } from "../../src/core/correlate/connection.ts";

function said({ orig, resp }: FiveTuple): string {
  return `${orig.address} ${orig.port} > ${resp.address} ${resp.port}`;
}

/** Findings about the captures themselves: another clock or a copy is what they are there to tell. */
const ABOUT_INPUTS: ReadonlySet<string> = new Set([
  "clock-skew",
  "capture-duplicates",
  "capture-truncated",
  "stale-snapshot",
  "wrong-vantage",
]);

/** Sorted: one line a connection (class, confidence, candidates, ends, rewrites), then one a finding. */
export function verdictLines({ classified, findings }: Analysis, withDoubt = true): string[] {
  const connections = Array.from(classified, ({ subject: { connection }, verdict }) => {
    const legs = connection.legs.map(said).join(" | ");
    const nat = connection.nat.map(
      (step) => `${step.kind} by ${step.node}: ${said(step.before)} becomes ${said(step.after)}`,
    );
    const doubt = [...verdict.candidates].sort().join(",");
    const confidence = withDoubt ? ` (${verdict.confidence}${doubt && `: ${doubt}`})` : "";
    return `${verdict.class}${confidence} ${connection.protocol} ${legs} [${nat.join("; ")}]`;
  });
  const found = findings
    .filter(({ rule }) => !ABOUT_INPUTS.has(rule.meta.id))
    .map(({ rule, match }) => {
      const about = Array.from(match.connections, (index) => {
        const legs = classified.at(index)?.subject.connection.legs ?? [];
        return legs.map(said).join(" | ");
      });
      return `finding ${rule.meta.id}: ${about.sort().join("; ")}`;
    });
  return [...connections.sort(), ...found.sort()];
}
