/** Whether workloads that fail to talk succeed at other times: what separates a broken path from a broken moment. */
import { byWorkloadPair, type WorkloadPair } from "./finding-group.ts";
import type { Classified, FindingLevel } from "./rule.ts";
import { lastLeg } from "./subject.ts";

const FAILED: ReadonlySet<string> = new Set(["syn-sent", "refused", "half-open"]);

/** "error" when no connection of the pair to the same port got through, else "warning". */
export function levelOf(
  { members, identity }: WorkloadPair,
  all: readonly Classified[],
): FindingLevel {
  const ports = new Set(members.map(respPort));
  const pair = byWorkloadPair(all.filter((one) => ports.has(respPort(one)))).find(
    (one) => one.identity === identity,
  );
  return pair?.members.some(gotThrough) === true ? "warning" : "error";
}

function respPort(one: Classified): number | null {
  return lastLeg(one.subject.connection).resp.port;
}

function gotThrough({ subject: { connection } }: Classified): boolean {
  if (connection.tcp === null) return connection.packets.resp > 0;
  return !FAILED.has(connection.tcp.state) && connection.packets.resp > 0;
}
