/** Whether workloads that fail to talk succeed at other times: what separates a broken path from a broken moment. */
import { pairOf, type WorkloadPair } from "./finding-group.ts";
import type { Classified, FindingLevel } from "./rule.ts";
import { lastLeg } from "./subject.ts";

const FAILED: ReadonlySet<string> = new Set(["syn-sent", "refused", "half-open"]);

/** "error" when no connection of the pair to the same port got through, else "warning". */
export function levelBySuccess(all: readonly Classified[]): (pair: WorkloadPair) => FindingLevel {
  const succeeded = new Set(all.filter(gotThrough).map(pairAndPort));
  return ({ members }) =>
    members.some((one) => succeeded.has(pairAndPort(one))) ? "warning" : "error";
}

function pairAndPort(one: Classified): string {
  return `${pairOf(one)} ${lastLeg(one.subject.connection).resp.port}`;
}

function gotThrough({ subject: { connection } }: Classified): boolean {
  if (connection.tcp === null) return connection.packets.resp > 0;
  return !FAILED.has(connection.tcp.state) && connection.packets.resp > 0;
}
