/** Whether workloads that fail to talk succeed at other times: what separates a broken path from a broken moment. */
import { pairOf, type WorkloadPair } from "./finding-group.ts";
import type { Classified, FindingLevel } from "./rule.ts";
import { lastLeg } from "./subject.ts";

const FAILED: ReadonlySet<string> = new Set(["syn-sent", "refused", "half-open"]);

/** "error" when no connection of the pair to the same port got through, else "warning"; asked of pairs of `failed`. */
export function levelBySuccess(
  failed: readonly Classified[],
  all: readonly Classified[],
): (pair: WorkloadPair) => FindingLevel {
  const ports = new Set(failed.map(respPort));
  const succeeded = new Set(
    all.filter((one) => ports.has(respPort(one)) && gotThrough(one)).map(pairAndPort),
  );
  return ({ members }) =>
    members.some((one) => succeeded.has(pairAndPort(one))) ? "warning" : "error";
}

function respPort(one: Classified): number | null {
  return lastLeg(one.subject.connection).resp.port;
}

function pairAndPort(one: Classified): string {
  return `${pairOf(one)} ${respPort(one)}`;
}

function gotThrough({ subject: { connection } }: Classified): boolean {
  if (connection.tcp === null) return connection.packets.resp > 0;
  return !FAILED.has(connection.tcp.state) && connection.packets.resp > 0;
}
