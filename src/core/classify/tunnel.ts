/** Facts about tunnels that several rules ask for. */
import type { RuleContext } from "./rule.ts";
import { firstLeg } from "./subject.ts";

/** Both ends of the outer connection are cluster nodes (eks-traffic 4: otherwise the tunnel has another owner). */
export function runsBetweenNodes(
  outerConnection: number,
  { connections, owners }: RuleContext,
): boolean {
  const outer = connections[outerConnection];
  if (outer === undefined) return false;
  const { orig, resp } = firstLeg(outer);
  return (
    owners.resolve(orig.address).kind === "node" && owners.resolve(resp.address).kind === "node"
  );
}
