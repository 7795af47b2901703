/**
 * Pods with security groups of their own have a branch ENI: a VLAN of the node's trunk ENI, which the VPC CNI gives an interface
 * vlan.eth.N with the branch's MAC (amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/driver, SetupBranchENIPodNetwork). The pod's
 * annotation vpc.amazonaws.com/pod-eni tells its VLAN id and its MAC.
 */
import type { ClusterSnapshot, PodEntry } from "../cluster/snapshot.ts";
import type { Place } from "./place-ethernet.ts";

const VLAN_INTERFACE = /^vlan\.eth\.(\d{1,4})$/;

/** `vlan`: of the tap's frames; null when untagged, as on vlan.eth.N and where a cooked capture lost the tag. */
export function withBranchEni(place: Place, vlan: number | null, { pods }: ClusterSnapshot): Place {
  if (place.kind !== null || place.pod !== null) return place;
  const named = VLAN_INTERFACE.exec(place.interface ?? "")?.[1];
  const id = vlan ?? (named === undefined ? null : Number(named));
  const found = id === null ? null : podOfVlan(pods, place.node, id);
  const isMac = id === null && place.mac !== null;
  const pod = isMac ? (pods.find((one) => one.branchEni?.mac === place.mac) ?? null) : found;
  if (pod?.branchEni === undefined) return place;
  const { eniId, vlanId } = pod.branchEni;
  const name = `${pod.namespace}/${pod.name}`;
  return {
    ...place,
    pod: name,
    kind: "branch-eni",
    key: place.interface === null ? eniId : place.key,
    because: `${place.because}; VLAN ${vlanId} is ${eniId}, the branch ENI of ${name} (${pod.ref.file})`,
  };
}

/** VLAN ids are a trunk's own and used again: of several pods only one that still runs can have it. */
function podOfVlan(pods: readonly PodEntry[], node: string | null, vlan: number): PodEntry | null {
  const having = pods.filter((one) => one.branchEni?.vlanId === vlan && one.node === node);
  const running = having.filter(({ phase }) => phase === "Running");
  const [only, ...others] = running.length > 0 ? running : having;
  return node === null || only === undefined || others.length > 0 ? null : only;
}
