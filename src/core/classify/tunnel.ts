/** Facts about tunnels that several rules ask for. */
import type { RuleContext, Subject } from "./rule.ts";
import { firstLeg, isEni, lastLeg } from "./subject.ts";

/** Both ends of the outer connection are cluster nodes (eks-traffic 4: otherwise the tunnel has another owner). */
export function runsBetweenNodes(
  outerConnection: number,
  { connections, owners }: RuleContext,
): boolean {
  const outer = connections.at(outerConnection);
  if (outer === undefined) return false;
  const { orig, resp } = firstLeg(outer);
  return (
    owners.resolve(orig.address).kind === "node" && owners.resolve(resp.address).kind === "node"
  );
}

/**
 * Two pods of different nodes whose packets nobody saw on the way, and of whose addresses nothing says that the VPC routes
 * them: a tunnel that was not captured may have carried them.
 */
export function mayHideTunnel(
  { connection, orig, resp }: Subject,
  { owners }: RuleContext,
): boolean {
  if (orig.node !== undefined && orig.node === resp.node) return false;
  const isRouted =
    owners.inVpc(firstLeg(connection).orig.address) &&
    owners.inVpc(lastLeg(connection).resp.address);
  // Answers may return outside the tunnel that brought the requests, so only what the originator sent counts.
  return (
    !isRouted &&
    !connection.observations.some(
      (one) => one.encapsulation === null && isEni(one) && one.orig.records > 0,
    )
  );
}
