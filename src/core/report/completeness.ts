/** Whether something that was cut, capped or undecodable could hide the answer: what `--strict` asks. The gate asks more finely: policy/incompleteness.ts. */
import type { Report } from "./report.ts";

/** Ordinary records that no connection can hold; every other reason stands for packets that may have belonged to one. */
const HARMLESS_REASONS: ReadonlySet<string> = new Set(["arp", "non-ip"]);

/** One phrase for each thing that could hide an answer; empty when nothing could. */
export function incompleteBecause(report: Report): string[] {
  const reasons: string[] = [];
  for (const { limit, value, count } of report.limits) {
    reasons.push(`the limit ${limit} (${value}) was reached ${times(count)}`);
  }
  for (const { severity, code, count, first } of report.diagnostics) {
    if (severity !== "note") reasons.push(`${first.file}: ${code}, ${times(count)}`);
  }
  for (const [reason, count] of Object.entries(report.accounting.notClassified)) {
    if (count > 0 && !HARMLESS_REASONS.has(reason)) {
      reasons.push(`${count} record${count === 1 ? "" : "s"} in no connection: ${reason}`);
    }
  }
  if (!report.accounting.balanced) reasons.push("the records do not add up");
  return reasons;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
