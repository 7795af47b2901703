/** Name of the host side of a pod's veth pair, as the AWS VPC CNI makes it. */
import { sha1Hex } from "./sha1.ts";

/** AWS_VPC_K8S_CNI_VETHPREFIX when nothing is told. */
export const DEFAULT_VETH_PREFIX = "eni";

/**
 * Prefix and the first 11 hexadecimal digits of SHA-1("namespace.pod"): 15 characters at most, the longest name that Linux allows
 * (amazon-vpc-cni-k8s pkg/networkutils/names.go, GeneratePodHostVethName). Interfaces of further network cards hash "pod.N".
 */
export function vethName(prefix: string, namespace: string, pod: string): string {
  return prefix + sha1Hex(`${namespace}.${pod}`).slice(0, 11);
}
