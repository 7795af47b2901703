/** Where packets were that a tunnel of AWS brought to the capture: at the mirrored ENI, or before the appliance. */
import { type AwsTunnel, awsServiceName, vniText } from "./aws-tunnel.ts";
import type { Place } from "./place-ethernet.ts";
import { stateOf, type VantageInput } from "./vantage-input.ts";
import type { VantageKind } from "./vantage-point.ts";

/** A label names the capturing host, which is not where the packets were. */
export function placeAwsTunnel(tunnel: AwsTunnel, input: VantageInput): Place {
  if (tunnel.service === "gateway-load-balancer") return atAppliance(tunnel);
  const copied = `copies that ${awsServiceName(tunnel.service)} sent to ${tunnel.target}`;
  if (tunnel.source === null) {
    const key = `mirrored to ${tunnel.target}, ${vniText(tunnel)}`;
    return { ...NOWHERE, key, because: `${copied}; ${tunnel.because}` };
  }
  return (
    atBranch(tunnel.source, copied, input) ??
    atNode(tunnel.source, copied, input) ?? {
      ...NOWHERE,
      key: `ENI ${tunnel.source}`,
      because: `${copied} from ${tunnel.source}, which is no listed interface of a node`,
    }
  );
}

const NOWHERE = { node: null, interface: null, pod: null, kind: "unknown", mac: null } as const;

function atAppliance({ source, target, because }: AwsTunnel): Place {
  return {
    ...NOWHERE,
    key: `Gateway Load Balancer ${source ?? ""} to ${target}`,
    because: `handed to ${target} in Geneve: ${because}`,
  };
}

/** A pod with security groups has an ENI of its own, which the node reaches as a VLAN of its trunk. */
function atBranch(source: string, copied: string, { snapshot }: VantageInput): Place | null {
  const pod = snapshot.pods.find((one) => one.branchEni?.privateIp === source);
  if (pod?.branchEni === undefined) return null;
  const name = `${pod.namespace}/${pod.name}`;
  return {
    ...NOWHERE,
    node: pod.node ?? null,
    pod: name,
    kind: "branch-eni",
    mac: pod.branchEni.mac,
    key: pod.branchEni.eniId,
    because: `${copied} from ${pod.branchEni.eniId} (${source}), the branch ENI of ${name}`,
  };
}

/** The outer source of a copy is the primary address of the mirrored ENI. */
function atNode(source: string, copied: string, input: VantageInput): Place | null {
  const { snapshot, owners } = input;
  const owner = owners.resolve(source);
  if (owner.kind !== "node" || owner.node === undefined) return null;
  const eni = snapshot.enis.find((one) => one.id === owner.eni);
  const byMac = eni?.mac === undefined ? null : owners.ownerOfMac(eni.mac);
  const holding = stateOf(owner.node, snapshot)?.interfaces.find((one) =>
    one.addresses.includes(source),
  );
  return {
    ...NOWHERE,
    node: owner.node,
    interface: byMac?.interface ?? holding?.name ?? null,
    kind: kindOf(owner.deviceIndex, owner.primary === true),
    mac: eni?.mac ?? null,
    key: eni?.id ?? source,
    because: `${copied} from ${eni === undefined ? "" : `${eni.id} `}(${source}) of ${owner.node}`,
  };
}

function kindOf(deviceIndex: number | undefined, isPrimary: boolean): VantageKind {
  if (deviceIndex === 0 || isPrimary) return "node-eni";
  return deviceIndex === undefined ? "unknown" : "secondary-eni";
}
