/** What an ENI is for, by what AWS and the VPC CNI write into its type, description and requester. */
import type { EniRole } from "./snapshot.ts";

/** Roles that the interface type alone tells. */
const BY_TYPE = new Map<string, EniRole>([
  ["network_load_balancer", "network-load-balancer"],
  ["gateway_load_balancer", "gateway-load-balancer"],
  ["gateway_load_balancer_endpoint", "vpc-endpoint"],
  ["vpc_endpoint", "vpc-endpoint"],
  ["nat_gateway", "nat-gateway"],
  ["trunk", "trunk"],
  ["branch", "branch"],
]);

/** Elastic Load Balancing writes "ELB net/NAME/ID", "ELB app/NAME/ID", "ELB gwy/NAME/ID"; "ELB NAME" for a classic one. */
const LOAD_BALANCER = /^ELB (?:(net|app|gwy)\/([^/\s]+)\/[^/\s]+|([^/\s]+))$/;

const BY_ELB_PREFIX = new Map<string, EniRole>([
  ["net", "network-load-balancer"],
  ["app", "application-load-balancer"],
  ["gwy", "gateway-load-balancer"],
]);

/** "other" for all that is not told; whether such an ENI is a node's is decided once the nodes are known. */
export function eniRole(type: string, description: string, requester: string | undefined): EniRole {
  const byType = BY_TYPE.get(type);
  if (byType !== undefined) return byType;
  const [matched, prefix] = LOAD_BALANCER.exec(description) ?? [];
  if (prefix !== undefined) return BY_ELB_PREFIX.get(prefix) ?? "other";
  // A description alone could be anyone's wording; a classic load balancer's has nothing else special about it.
  if (matched !== undefined && requester === "amazon-elb") return "classic-load-balancer";
  if (/^Amazon EKS \S+$/.test(description)) return "eks-control-plane";
  if (description === "aws-k8s-trunk-eni") return "trunk";
  if (description === "aws-k8s-branch-eni") return "branch";
  if (description.startsWith("Interface for NAT Gateway nat-")) return "nat-gateway";
  if (description.startsWith("VPC Endpoint Interface vpce-")) return "vpc-endpoint";
  return "other";
}

export function loadBalancerName(
  description: string,
  requester: string | undefined,
): string | undefined {
  const [, , name, classicName] = LOAD_BALANCER.exec(description) ?? [];
  return name ?? (requester === "amazon-elb" ? classicName : undefined);
}
