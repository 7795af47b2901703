/** `kubectl get … -o json`: lists, single objects, and whatever else carries apiVersion and kind. */
import { parseCidr } from "../address/cidr.ts";
import { parseMac } from "../address/ip-text.ts";
import { cniSettings } from "./cni-settings.ts";
import type { JsonDocument } from "./json-documents.ts";
import { JsonValue } from "./json-value.ts";
import type { EndpointEntry, PodEntry, ServicePort } from "./snapshot.ts";
import { KIND_NOT_USED } from "./snapshot-diagnostics.ts";
import {
  canonicalAddress,
  canonicalAddresses,
  jsonRef,
  type ReadContext,
  skipEntry,
} from "./snapshot-parts.ts";
import { workloadOfController } from "./workload-name.ts";

type Reader = (context: ReadContext, document: JsonDocument, object: JsonValue) => void;

const READERS = new Map<string, Reader>([
  ["Pod", readPod],
  ["Node", readNode],
  ["Service", readService],
  ["EndpointSlice", readEndpointSlice],
  ["Endpoints", readEndpoints],
  ["DaemonSet", readDaemonSet],
  ["ServiceCIDR", readServiceCidr],
]);

/** Known and rightly in a snapshot, though nothing is read from them: where pods get their ENIs (VPC CNI). */
const UNREAD: ReadonlySet<string> = new Set(["ENIConfig", "CNINode"]);

/** Lists may hold lists (`kubectl get -o json | jq -s .`); deeper is not what kubectl prints. */
const MAX_LIST_DEPTH = 4;

export function readKubectlJson(context: ReadContext, document: JsonDocument): void {
  readObject(context, document, document.root, undefined, 0);
}

function readObject(
  context: ReadContext,
  document: JsonDocument,
  object: JsonValue,
  impliedKind: string | undefined,
  depth: number,
): void {
  const kind = object.string("kind") ?? impliedKind;
  const isList = object.isArray || (kind?.endsWith("List") === true && object.get("items").isArray);
  if (isList) {
    if (depth >= MAX_LIST_DEPTH) return;
    // Elements of a typed list (`kubectl get --raw /api/v1/pods`) do not repeat their kind.
    const elementKind = kind === "List" ? undefined : kind?.slice(0, -"List".length);
    const elements = object.isArray ? object.items() : object.get("items").items();
    for (const element of elements) {
      readObject(context, document, element, elementKind, depth + 1);
    }
    return;
  }
  const ref = jsonRef(context.file, document, object);
  const reader = kind === undefined ? undefined : READERS.get(kind);
  if (kind === undefined || !object.isObject) {
    skipEntry(context, ref, "An element of a list is no Kubernetes object");
  } else if (reader === undefined) {
    if (UNREAD.has(kind)) return;
    context.log.add(KIND_NOT_USED, ref, `Objects of kind ${kind} are not used`);
  } else if (object.string("metadata", "name") === undefined) {
    skipEntry(context, ref, `A ${kind} has no name`);
  } else {
    reader(context, document, object);
  }
}

function readPod(context: ReadContext, document: JsonDocument, pod: JsonValue): void {
  const ref = jsonRef(context.file, document, pod);
  const status = pod.get("status");
  const node = pod.string("spec", "nodeName");
  const labels = pod.stringMap("metadata", "labels");
  const phase = status.string("phase") ?? "Unknown";
  const controller = controllerOf(pod);
  const workload =
    controller &&
    workloadOfController({ ...controller, templateHash: labels["pod-template-hash"] });
  const startTime = status.string("startTime");
  const deletionTime = pod.string("metadata", "deletionTimestamp") ?? finishTime(pod, phase);
  const branchEni = branchEniOf(pod);
  context.parts.pods.push({
    namespace: pod.string("metadata", "namespace") ?? "default",
    name: pod.string("metadata", "name") ?? "",
    addresses: podAddresses(status),
    ...(node !== undefined && { node }),
    hostNetwork: pod.boolean("spec", "hostNetwork") ?? false,
    phase,
    ...(workload !== undefined && { workload }),
    labels,
    ...(startTime !== undefined && { startTime }),
    ...(deletionTime !== undefined && { deletionTime }),
    ...(branchEni !== undefined && { branchEni }),
    ports: podPorts(pod),
    ref,
  });
  for (const address of hostAddresses(status)) {
    if (node !== undefined) context.parts.nodeHints.push({ name: node, address, ref });
  }
}

function podAddresses(status: JsonValue): string[] {
  const several = status.get("podIPs").items();
  return canonicalAddresses([status.string("podIP"), ...several.map((ip) => ip.string("ip"))]);
}

function hostAddresses(status: JsonValue): string[] {
  const several = status.get("hostIPs").items();
  return canonicalAddresses([status.string("hostIP"), ...several.map((ip) => ip.string("ip"))]);
}

function controllerOf(pod: JsonValue): { kind: string; name: string } | undefined {
  const owners = pod.get("metadata", "ownerReferences").items();
  const owner = owners.find((one) => one.boolean("controller") === true);
  const kind = owner?.string("kind");
  const name = owner?.string("name");
  return kind === undefined || name === undefined ? undefined : { kind, name };
}

/** When the last container of a pod that has finished ended: from then on its address may be another's. */
function finishTime(pod: JsonValue, phase: string): string | undefined {
  if (phase !== "Succeeded" && phase !== "Failed") return undefined;
  const ends = pod
    .get("status", "containerStatuses")
    .items()
    .map((container) => container.string("state", "terminated", "finishedAt"))
    .filter((time) => time !== undefined);
  // RFC 3339 in UTC with seconds, as Kubernetes writes it, sorts as text.
  return ends.sort().at(-1);
}

function podPorts(pod: JsonValue): PodEntry["ports"] {
  const ports: { port: number; protocol: string; name?: string }[] = [];
  for (const container of pod.get("spec", "containers").items()) {
    for (const entry of container.get("ports").items()) {
      const port = entry.number("containerPort");
      const name = entry.string("name");
      if (port === undefined) continue;
      const protocol = entry.string("protocol") ?? "TCP";
      ports.push({ port, protocol, ...(name !== undefined && { name }) });
    }
  }
  return ports;
}

/**
 * Annotation vpc.amazonaws.com/pod-eni: a JSON list inside a string
 * (amazon-vpc-resource-controller-k8s, pkg/provider/branch/trunk/trunk.go).
 */
function branchEniOf(pod: JsonValue): PodEntry["branchEni"] {
  const text = pod.get("metadata", "annotations").string("vpc.amazonaws.com/pod-eni");
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined; // The pod is used without it.
  }
  const first = new JsonValue(parsed).items()[0];
  const eniId = first?.string("eniId");
  const mac = parseMac(first?.string("ifAddress") ?? "");
  const vlanId = first?.number("vlanId");
  const privateIp = canonicalAddress(first?.string("privateIp"));
  if (eniId === undefined || mac === null || vlanId === undefined || privateIp === undefined) {
    return undefined;
  }
  return { eniId, mac, vlanId, privateIp };
}

function readNode(context: ReadContext, document: JsonDocument, node: JsonValue): void {
  const name = node.string("metadata", "name") ?? "";
  const labels = node.stringMap("metadata", "labels");
  const addresses = node.get("status", "addresses").items();
  const ofType = (type: string): string[] =>
    canonicalAddresses(
      addresses.filter((one) => one.string("type") === type).map((one) => one.string("address")),
    );
  const instanceId = /\/(i-[0-9a-f]+)$/.exec(node.string("spec", "providerID") ?? "")?.[1];
  const zone = labels["topology.kubernetes.io/zone"];
  const cluster = labels["alpha.eksctl.io/cluster-name"];
  if (cluster !== undefined) context.parts.clusterNames.push({ name: cluster, rank: 3 });
  context.parts.nodes.push({
    name,
    internalAddresses: ofType("InternalIP"),
    externalAddresses: ofType("ExternalIP"),
    ...(instanceId !== undefined && { instanceId }),
    ...(zone !== undefined && { zone }),
    fargate: labels["eks.amazonaws.com/compute-type"] === "fargate" || name.startsWith("fargate-"),
    labels,
    ref: jsonRef(context.file, document, node),
  });
}

function readService(context: ReadContext, document: JsonDocument, service: JsonValue): void {
  const spec = service.get("spec");
  const ingress = service.get("status", "loadBalancer", "ingress").items();
  const policy = spec.string("externalTrafficPolicy");
  const healthPort = spec.number("healthCheckNodePort");
  context.parts.services.push({
    namespace: service.string("metadata", "namespace") ?? "default",
    name: service.string("metadata", "name") ?? "",
    type: spec.string("type") ?? "ClusterIP",
    clusterIps: canonicalAddresses([
      spec.string("clusterIP"),
      ...spec.get("clusterIPs").items().map(textOf),
    ]),
    externalIps: canonicalAddresses(spec.get("externalIPs").items().map(textOf)),
    ingress: ingress
      .map((one) => one.string("hostname") ?? canonicalAddress(one.string("ip")))
      .filter((one) => one !== undefined),
    ports: spec.get("ports").items().flatMap(servicePort),
    ...(policy !== undefined && { externalTrafficPolicy: policy }),
    ...(healthPort !== undefined && { healthCheckNodePort: healthPort }),
    annotations: service.stringMap("metadata", "annotations"),
    ref: jsonRef(context.file, document, service),
  });
}

function textOf(value: JsonValue): string | undefined {
  return typeof value.raw === "string" ? value.raw : undefined;
}

function servicePort(entry: JsonValue): ServicePort[] {
  const port = entry.number("port");
  if (port === undefined) return [];
  const name = entry.string("name");
  const targetPort = entry.number("targetPort") ?? entry.string("targetPort");
  const nodePort = entry.number("nodePort");
  return [
    {
      ...(name !== undefined && { name }),
      protocol: entry.string("protocol") ?? "TCP",
      port,
      ...(targetPort !== undefined && { targetPort }),
      ...(nodePort !== undefined && { nodePort }),
    },
  ];
}

interface EndpointOwner {
  readonly namespace: string;
  readonly service: string;
}

function readEndpointSlice(context: ReadContext, document: JsonDocument, slice: JsonValue): void {
  const service = slice.get("metadata", "labels").string("kubernetes.io/service-name");
  const ref = jsonRef(context.file, document, slice);
  if (service === undefined) {
    skipEntry(context, ref, "An EndpointSlice names no service (kubernetes.io/service-name)");
    return;
  }
  const namespace = slice.string("metadata", "namespace") ?? "default";
  const ports = slice.get("ports").items();
  for (const endpoint of slice.get("endpoints").items()) {
    // Absent means ready (EndpointConditions, discovery.k8s.io/v1).
    const ready = endpoint.boolean("conditions", "ready") ?? true;
    const addresses = canonicalAddresses(endpoint.get("addresses").items().map(textOf));
    for (const address of addresses) {
      const owner = { namespace, service };
      pushEndpoints(context, document, { owner, address, ready, endpoint, ports });
    }
  }
}

function readEndpoints(context: ReadContext, document: JsonDocument, endpoints: JsonValue): void {
  const owner = {
    namespace: endpoints.string("metadata", "namespace") ?? "default",
    service: endpoints.string("metadata", "name") ?? "",
  };
  for (const subset of endpoints.get("subsets").items()) {
    const ports = subset.get("ports").items();
    for (const [list, ready] of [
      ["addresses", true],
      ["notReadyAddresses", false],
    ] as const) {
      for (const endpoint of subset.get(list).items()) {
        const address = canonicalAddress(endpoint.string("ip"));
        if (address === undefined) continue;
        pushEndpoints(context, document, { owner, address, ready, endpoint, ports });
      }
    }
  }
}

interface EndpointAddress {
  readonly owner: EndpointOwner;
  readonly address: string;
  readonly ready: boolean;
  readonly endpoint: JsonValue;
  readonly ports: readonly JsonValue[];
}

/** One entry per port; an address without ports (headless service) is one entry with port null. */
function pushEndpoints(context: ReadContext, document: JsonDocument, found: EndpointAddress): void {
  const { owner, address, ready, endpoint, ports } = found;
  const target = endpoint.get("targetRef");
  const podName = target.string("kind") === "Pod" ? target.string("name") : undefined;
  const pod = podName && `${target.string("namespace") ?? owner.namespace}/${podName}`;
  const ref = jsonRef(context.file, document, endpoint);
  for (const port of ports.length === 0 ? [null] : ports) {
    const portName = port?.string("name");
    const entry: EndpointEntry = {
      ...owner,
      address,
      port: port?.number("port") ?? null,
      protocol: port?.string("protocol") ?? "TCP",
      ...(portName !== undefined && { portName }),
      ready,
      ...(pod !== undefined && { pod }),
      ref,
    };
    context.parts.endpoints.push(entry);
  }
}

function readDaemonSet(context: ReadContext, document: JsonDocument, daemonSet: JsonValue): void {
  const containers = daemonSet.get("spec", "template", "spec", "containers").items();
  const container = containers.find((one) => one.string("name") === "aws-node");
  if (container === undefined) return;
  // `valueFrom` entries have no value: what they resolve to differs from node to node.
  const environment = new Map<string, string>();
  for (const variable of container.get("env").items()) {
    const name = variable.string("name");
    const value = variable.get("value").raw;
    if (name !== undefined && typeof value === "string") environment.set(name, value);
  }
  const ref = jsonRef(context.file, document, container);
  const cluster = environment.get("CLUSTER_NAME");
  if (cluster) context.parts.clusterNames.push({ name: cluster, rank: 4 });
  context.parts.cni.push(cniSettings(container.string("image"), environment, ref));
}

/** networking.k8s.io/v1 ServiceCIDR (Kubernetes 1.33). */
function readServiceCidr(context: ReadContext, document: JsonDocument, object: JsonValue): void {
  const ref = jsonRef(context.file, document, object);
  for (const entry of object.get("spec", "cidrs").items()) {
    const cidr = parseCidr(textOf(entry) ?? "");
    if (cidr !== null) context.parts.serviceCidrs.push({ text: cidr.text, ref });
  }
}
