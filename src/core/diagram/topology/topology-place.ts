/** Which box of the traffic map an end of a connection belongs to. */
import type { Report, ReportParty } from "../../report/report.ts";

/** What one box of the map stands for. */
export type PlaceKind =
  | "pod"
  | "workload"
  /** A node's own address: the host and its hostNetwork pods. */
  | "host"
  /** Everything on a node. */
  | "node"
  /** An address in a capture without a snapshot. */
  | "address"
  | "internet"
  | "peer"
  | "link-local"
  | "load-balancer"
  | "control-plane"
  | "aws-interface"
  | "vpc-host"
  | "service";

/** Outside the VPC, inside it beside the nodes, or on a node. */
export type Area = "outside" | "vpc" | "node";

/** Level of detail: what one box inside a node stands for. */
export type Level = "pod" | "workload" | "node";

/** An end resolved to a box; `node` is a container's key, "" when unknown. */
export interface PlaceKey {
  readonly id: string;
  readonly kind: PlaceKind;
  readonly area: Area;
  readonly name: string;
  readonly node: string;
  readonly namespace: string;
}

/** Container of pods whose node no input tells. */
const UNKNOWN_NODE = "";

/** Without a snapshot nothing has an owner: addresses are drawn as such, grouped by prefix. */
export function knowsOwners(report: Report): boolean {
  const { counts } = report.snapshot;
  return counts.pods + counts.nodes + counts.enis > 0;
}

/** null when the party cannot be drawn: loopback, multicast, an address that is none. */
export function placeOf(party: ReportParty, level: Level, owners: boolean): PlaceKey | null {
  switch (party.kind) {
    case "pod":
      return podPlace(party, level);
    case "node":
      return nodePlace(party, level);
    case "external":
      return owners
        ? single("internet", "outside", "Internet")
        : addressPlace(party.address, level);
    case "peer":
      return single("peer", "outside", "Peered networks");
    case "link-local":
      return single("link-local", "outside", "Link-local services");
    case "load-balancer":
      return named("load-balancer", party);
    case "control-plane":
      return single("control-plane", "vpc", "EKS control plane");
    case "aws-interface":
      return named("aws-interface", party);
    case "service":
      return named("service", party);
    case "vpc":
      return single("vpc-host", "vpc", "VPC hosts");
    default:
      return null;
  }
}

function podPlace(party: ReportParty, level: Level): PlaceKey {
  const node = party.node ?? UNKNOWN_NODE;
  const namespace = party.namespace ?? "";
  const name = party.name ?? party.address;
  if (level === "node") return wholeNode(node);
  if (level === "workload" && party.workload !== undefined) {
    const id = key("workload", node, namespace, party.workload);
    return { id, kind: "workload", area: "node", name: party.workload, node, namespace };
  }
  return {
    id: key("pod", node, namespace, name),
    kind: "pod",
    area: "node",
    name,
    node,
    namespace,
  };
}

function nodePlace(party: ReportParty, level: Level): PlaceKey {
  const node = party.node ?? party.name ?? party.address;
  if (level === "node") return wholeNode(node);
  return { id: key("host", node), kind: "host", area: "node", name: "host", node, namespace: "" };
}

function wholeNode(node: string): PlaceKey {
  return { id: key("node", node), kind: "node", area: "node", name: node, node, namespace: "" };
}

function single(kind: PlaceKind, area: Area, name: string): PlaceKey {
  return { id: kind, kind, area, name, node: UNKNOWN_NODE, namespace: "" };
}

function named(kind: PlaceKind, party: ReportParty): PlaceKey {
  const namespace = party.namespace ?? "";
  const name = party.name ?? party.address;
  const id = key(kind, namespace, name);
  return { id, kind, area: "vpc", name, node: UNKNOWN_NODE, namespace };
}

/** Public addresses are the Internet; private ones (RFC 1918, RFC 6598, RFC 4193) stand in a box for their /24 or /64. */
function addressPlace(address: string, level: Level): PlaceKey {
  const prefix = privatePrefix(address);
  if (prefix === null) return single("internet", "outside", "Internet");
  if (level === "node") return wholeNode(prefix);
  const id = key("address", address);
  return { id, kind: "address", area: "node", name: address, node: prefix, namespace: "" };
}

function privatePrefix(address: string): string | null {
  if (address.includes(":")) {
    if (!/^f[cd]/i.test(address)) return null;
    const [left = "", right = ""] = address.split("::");
    const groups = left.split(":");
    const behind = right === "" ? 0 : right.split(":").length;
    while (groups.length + behind < 8) groups.push("0");
    return `${[...groups, ...right.split(":")].slice(0, 4).join(":")}::/64`;
  }
  const [a = -1, b = -1, c = -1] = address.split(".").map(Number);
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127);
  return isPrivate ? `${a}.${b}.${c}.0/24` : null;
}

/** NUL cannot be in a Kubernetes or AWS name; hostile ones are kept apart by the lengths. */
function key(...parts: readonly string[]): string {
  return parts.map((part, i) => (i === 0 ? part : `${part.length}:${part}`)).join("/");
}
