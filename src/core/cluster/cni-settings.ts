/** Settings of the AWS VPC CNI as the environment of the aws-node container gives them (amazon-vpc-cni-k8s README). */
import { parseCidr } from "../address/cidr.ts";
import type { CniSettings, SnapshotRef } from "./snapshot.ts";

/** The CNI reads booleans with Go's strconv.ParseBool. */
function parseGoBool(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

export function cniSettings(
  image: string | undefined,
  environment: ReadonlyMap<string, string>,
  ref: SnapshotRef,
): CniSettings {
  const flag = (name: string): boolean | undefined => parseGoBool(environment.get(name));
  const settings = {
    image,
    externalSnat: flag("AWS_VPC_K8S_CNI_EXTERNALSNAT"),
    randomizeSnat: environment.get("AWS_VPC_K8S_CNI_RANDOMIZESNAT"),
    vethPrefix: environment.get("AWS_VPC_K8S_CNI_VETHPREFIX"),
    customNetworking: flag("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
    prefixDelegation: flag("ENABLE_PREFIX_DELEGATION"),
    podEni: flag("ENABLE_POD_ENI"),
    enforcingMode: environment.get("POD_SECURITY_GROUP_ENFORCING_MODE"),
    nodePortSupport: flag("AWS_VPC_CNI_NODE_PORT_SUPPORT"),
  };
  const excluded = environment.get("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS") ?? "";
  const excludeSnatCidrs = excluded
    .split(",")
    .map((text) => parseCidr(text.trim())?.text)
    .filter((text) => text !== undefined);
  return { ...withoutUndefined(settings), excludeSnatCidrs, ref };
}

type Told<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Absent means "not told", so members without a value must not be there at all. */
function withoutUndefined<T extends object>(settings: T): Told<T> {
  const told = Object.entries(settings).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(told) as Told<T>;
}
