/** `aws ec2 describe-…` and `aws eks describe-cluster`: who owns which address of the VPC. */
import { parseCidr } from "../address/cidr.ts";
import { parseMac } from "../address/ip-text.ts";
import { eniRole, loadBalancerName } from "./eni-role.ts";
import type { JsonDocument } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { EniEntry } from "./snapshot.ts";
import {
  canonicalAddress,
  canonicalAddresses,
  jsonRef,
  type ReadContext,
  skipEntry,
  type VpcRecord,
} from "./snapshot-parts.ts";

/** The list under the command's own member, or the document itself when `--query` has cut the wrapper off. */
function listOf(document: JsonDocument, member: string): JsonValue[] {
  return (document.root.isArray ? document.root : document.root.get(member)).items();
}

/** Value of a tag; AWS writes tags as a list of Key and Value. */
function tag(object: JsonValue, member: string, key: string): string | undefined {
  const found = object
    .get(member)
    .items()
    .find((one) => one.string("Key") === key);
  return found?.string("Value");
}

export function readNetworkInterfaces(context: ReadContext, document: JsonDocument): void {
  for (const eni of listOf(document, "NetworkInterfaces")) {
    readNetworkInterface(context, document, eni, undefined);
  }
}

/** `instanceId` is told by the instance that lists the ENI; the ENI's own attachment says it otherwise. */
function readNetworkInterface(
  context: ReadContext,
  document: JsonDocument,
  eni: JsonValue,
  listedBy: string | undefined,
): void {
  const ref = jsonRef(context.file, document, eni);
  const id = eni.string("NetworkInterfaceId");
  if (id === undefined) {
    skipEntry(context, ref, "A network interface has no NetworkInterfaceId");
    return;
  }
  const description = eni.string("Description") ?? "";
  const interfaceType = eni.string("InterfaceType") ?? "interface";
  const tagged = tag(eni, "TagSet", "node.k8s.amazonaws.com/instance_id");
  const instanceId = eni.string("Attachment", "InstanceId") ?? listedBy ?? tagged;
  const primaryAddress = canonicalAddress(eni.string("PrivateIpAddress"));
  const told = {
    mac: parseMac(eni.string("MacAddress") ?? "") ?? undefined,
    vpcId: eni.string("VpcId"),
    subnetId: eni.string("SubnetId"),
    zone: eni.string("AvailabilityZone"),
    primaryAddress,
    instanceId,
    deviceIndex: eni.number("Attachment", "DeviceIndex"),
    loadBalancer: loadBalancerName(description, eni.string("RequesterId")),
  };
  const isNode = tagged !== undefined || description.startsWith("aws-K8S-");
  const role = eniRole(interfaceType, description, eni.string("RequesterId"));
  noteClusterName(context, eni, description);
  const list = listedBy === undefined ? context.parts.enis : context.parts.instanceEnis;
  list.push({
    id,
    role: role === "other" && isNode ? "node" : role,
    interfaceType,
    description,
    ...(Object.fromEntries(
      Object.entries(told).filter(([, value]) => value !== undefined),
    ) as Told),
    addresses: eniAddresses(eni, primaryAddress),
    prefixes: eniPrefixes(eni),
    publicAddresses: eniPublicAddresses(eni),
    ref,
  });
}

type Told = Pick<
  EniEntry,
  "mac" | "vpcId" | "subnetId" | "zone" | "primaryAddress" | "instanceId" | "deviceIndex"
>;

function noteClusterName(context: ReadContext, eni: JsonValue, description: string): void {
  const tagged = tag(eni, "TagSet", "cluster.k8s.amazonaws.com/name");
  if (tagged !== undefined) context.parts.clusterNames.push({ name: tagged, rank: 2 });
  const owned = /^Amazon EKS (\S+)$/.exec(description)?.[1];
  if (owned !== undefined) context.parts.clusterNames.push({ name: owned, rank: 1 });
}

function eniAddresses(eni: JsonValue, primary: string | undefined): string[] {
  const privates = eni.get("PrivateIpAddresses").items();
  const ipv6 = eni.get("Ipv6Addresses").items();
  return canonicalAddresses([
    primary,
    ...privates.map((one) => one.string("PrivateIpAddress")),
    ...ipv6.map((one) => one.string("Ipv6Address")),
  ]);
}

function eniPrefixes(eni: JsonValue): string[] {
  const texts = [
    ...eni
      .get("Ipv4Prefixes")
      .items()
      .map((one) => one.string("Ipv4Prefix")),
    ...eni
      .get("Ipv6Prefixes")
      .items()
      .map((one) => one.string("Ipv6Prefix")),
  ];
  return texts.map((text) => parseCidr(text ?? "")?.text).filter((text) => text !== undefined);
}

function eniPublicAddresses(eni: JsonValue): EniEntry["publicAddresses"] {
  const found = new Map<string, string>();
  for (const one of [...eni.get("PrivateIpAddresses").items(), eni]) {
    const privateAddress = canonicalAddress(one.string("PrivateIpAddress"));
    const publicAddress = canonicalAddress(one.string("Association", "PublicIp"));
    if (privateAddress !== undefined && publicAddress !== undefined) {
      found.set(publicAddress, privateAddress);
    }
  }
  return [...found].map(([publicAddress, privateAddress]) => ({ privateAddress, publicAddress }));
}

export function readInstances(context: ReadContext, document: JsonDocument): void {
  for (const reservation of listOf(document, "Reservations")) {
    for (const instance of reservation.get("Instances").items()) {
      readInstance(context, document, instance);
    }
  }
}

function readInstance(context: ReadContext, document: JsonDocument, instance: JsonValue): void {
  const ref = jsonRef(context.file, document, instance);
  const id = instance.string("InstanceId");
  if (id === undefined) {
    skipEntry(context, ref, "An instance has no InstanceId");
    return;
  }
  // Its addresses belong to others once it is gone.
  if (instance.string("State", "Name") === "terminated") return;
  const name = tag(instance, "Tags", "Name");
  const privateAddress = canonicalAddress(instance.string("PrivateIpAddress"));
  const publicAddress = canonicalAddress(instance.string("PublicIpAddress"));
  const vpcId = instance.string("VpcId");
  const cluster = tag(instance, "Tags", "eks:cluster-name");
  if (cluster !== undefined) context.parts.clusterNames.push({ name: cluster, rank: 2 });
  context.parts.instances.push({
    id,
    ...(name !== undefined && { name }),
    ...(privateAddress !== undefined && { privateAddress }),
    ...(publicAddress !== undefined && { publicAddress }),
    ...(vpcId !== undefined && { vpcId }),
    ref,
  });
  for (const eni of instance.get("NetworkInterfaces").items()) {
    readNetworkInterface(context, document, eni, id);
  }
}

/** CIDRs of a VPC: `CidrBlock` alone is only the first one, so the association set decides when it is there. */
export function readVpcs(context: ReadContext, document: JsonDocument): void {
  for (const vpc of listOf(document, "Vpcs")) {
    const ref = jsonRef(context.file, document, vpc);
    const id = vpc.string("VpcId");
    if (id === undefined) {
      skipEntry(context, ref, "A VPC has no VpcId");
      continue;
    }
    const primary = vpc.string("CidrBlock");
    const associated = [
      ...associatedCidrs(vpc, "CidrBlockAssociationSet", "CidrBlock"),
      ...associatedCidrs(vpc, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    ];
    const dropsPrimary = vpc.get("CidrBlockAssociationSet").items().length > 0;
    const texts = dropsPrimary ? primaryFirst(associated, primary) : [primary, ...associated];
    context.parts.vpcs.push({ id, cidrs: canonicalCidrs(texts), ref });
  }
}

function associatedCidrs(vpc: JsonValue, set: string, member: string): (string | undefined)[] {
  return vpc
    .get(set)
    .items()
    .filter((one) => (one.string(`${member}State`, "State") ?? "associated") === "associated")
    .map((one) => one.string(member));
}

function primaryFirst(
  texts: readonly (string | undefined)[],
  primary: string | undefined,
): (string | undefined)[] {
  return [...texts.filter((text) => text === primary), ...texts.filter((text) => text !== primary)];
}

function canonicalCidrs(texts: readonly (string | undefined)[]): string[] {
  const found = texts.map((text) => parseCidr(text ?? "")?.text);
  return [...new Set(found.filter((text) => text !== undefined))];
}

export function readSubnets(context: ReadContext, document: JsonDocument): void {
  for (const subnet of listOf(document, "Subnets")) {
    const ref = jsonRef(context.file, document, subnet);
    const id = subnet.string("SubnetId");
    if (id === undefined) {
      skipEntry(context, ref, "A subnet has no SubnetId");
      continue;
    }
    const vpcId = subnet.string("VpcId");
    const zone = subnet.string("AvailabilityZone");
    const ipv6 = associatedCidrs(subnet, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock");
    context.parts.subnets.push({
      id,
      cidrs: canonicalCidrs([subnet.string("CidrBlock"), ...ipv6]),
      ...(vpcId !== undefined && { vpcId }),
      ...(zone !== undefined && { zone }),
      ref,
    });
  }
}

export function readVpcPeering(context: ReadContext, document: JsonDocument): void {
  for (const peering of listOf(document, "VpcPeeringConnections")) {
    const status = peering.string("Status", "Code") ?? "active";
    // Deleted, rejected and expired ones stay listed for a while; no packet goes through them.
    if (status !== "active") continue;
    const sides = [
      peeringSide(context, document, peering.get("RequesterVpcInfo")),
      peeringSide(context, document, peering.get("AccepterVpcInfo")),
    ];
    context.parts.peerings.push({ sides, ref: jsonRef(context.file, document, peering) });
  }
}

function peeringSide(context: ReadContext, document: JsonDocument, side: JsonValue): VpcRecord {
  const cidrs = canonicalCidrs([
    side.string("CidrBlock"),
    ...side
      .get("CidrBlockSet")
      .items()
      .map((one) => one.string("CidrBlock")),
    ...side
      .get("Ipv6CidrBlockSet")
      .items()
      .map((one) => one.string("Ipv6CidrBlock")),
  ]);
  return { id: side.string("VpcId") ?? "", cidrs, ref: jsonRef(context.file, document, side) };
}

/** The only command that tells the service CIDR of a cluster outright. */
export function readEksCluster(context: ReadContext, document: JsonDocument): void {
  const cluster = document.root.get("cluster");
  const name = cluster.string("name");
  if (name !== undefined) context.parts.clusterNames.push({ name, rank: 5 });
  context.parts.clusterVpcId =
    cluster.string("resourcesVpcConfig", "vpcId") ?? context.parts.clusterVpcId;
  const network = cluster.get("kubernetesNetworkConfig");
  for (const member of ["serviceIpv4Cidr", "serviceIpv6Cidr"]) {
    const cidr = parseCidr(network.string(member) ?? "");
    if (cidr === null) continue;
    const ref = jsonRef(context.file, document, network.get(member));
    context.parts.serviceCidrs.push({ text: cidr.text, ref });
  }
}
