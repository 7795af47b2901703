/** What is not in the snapshot and would help: in words, for `doctor` and the report. */
import type { ClusterSnapshot, NodeState } from "./snapshot.ts";

/** Names listed one by one; beyond that their number says enough. */
const MAX_NODES_NAMED = 5;

export function missingInputs(snapshot: Omit<ClusterSnapshot, "missing">): string[] {
  const isJson = ({ ref }: { readonly ref: { readonly pointer?: string } }): boolean =>
    ref.pointer !== undefined;
  const missing: string[] = [];
  const want = (isThere: boolean, words: string): void => {
    if (!isThere) missing.push(words);
  };
  const hasKind = (kind: string): boolean => snapshot.sources.some((one) => one.kind === kind);
  // The VPC CNI's own JSON tells of pods, too, but not of all there is to a pod.
  const kubectlFiles = new Set(
    snapshot.sources.filter(({ kind }) => kind === "kubectl-json").map(({ file }) => file),
  );
  const isListed = ({ ref }: { readonly ref: { readonly file: string } }): boolean =>
    kubectlFiles.has(ref.file);
  want(
    snapshot.pods.some((pod) => isJson(pod) && isListed(pod)),
    "kubectl get pods -A -o json",
  );
  want(snapshot.nodes.some(isJson) && hasNodeList(snapshot), "kubectl get nodes -o json");
  want(snapshot.services.some(isJson), "kubectl get services -A -o json");
  want(snapshot.endpoints.length > 0, "kubectl get endpointslices -A -o json");
  want(snapshot.cni.ref !== undefined, "kubectl get daemonset aws-node -n kube-system -o json");
  want(hasKind("aws-network-interfaces"), "aws ec2 describe-network-interfaces");
  want(hasKind("aws-vpcs"), "aws ec2 describe-vpcs");
  return [...missing, ...missingOfNodes(snapshot)];
}

/** Nodes that only pods tell of have no addresses but the one that the pods' status repeats. */
function hasNodeList(snapshot: Omit<ClusterSnapshot, "missing">): boolean {
  return snapshot.nodes.some((node) => Object.keys(node.labels).length > 0);
}

const NODE_COMMANDS: readonly (readonly [string, (state: NodeState) => boolean])[] = [
  ["ip addr", (state) => state.interfaces.length > 0],
  ["ip rule", (state) => state.rules.length > 0],
  ["ip route show table all", (state) => state.routes.length > 0],
  ["iptables-save", (state) => state.iptables.length > 0],
  ["conntrack -L", (state) => state.conntrack.length > 0],
];

function missingOfNodes({ nodes, nodeStates }: Omit<ClusterSnapshot, "missing">): string[] {
  // Nobody can run a command on a Fargate node.
  const names = nodes.filter((node) => !node.fargate).map((node) => node.name);
  const states = new Map(nodeStates.map((state) => [state.node, state]));
  const missing: string[] = [];
  for (const [command, isThere] of NODE_COMMANDS) {
    const without = names.filter((name) => {
      const state = states.get(name);
      return state === undefined || !isThere(state);
    });
    if (without.length === 0) continue;
    const which =
      without.length <= MAX_NODES_NAMED
        ? without.join(", ")
        : `${without.length} of ${names.length} nodes`;
    missing.push(`${command} of ${which}`);
  }
  return missing;
}
