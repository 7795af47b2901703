/** The path that the snapshot's rules, routes and CNI settings give the first packet of a conversation, node by node. */

import { DEFAULT_VETH_PREFIX, vethName } from "../cluster/host-veth-name.ts";
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import { assumeFromCni } from "./assume-from-cni.ts";
import { compileNodeRules, type NodeRules } from "./node-rules.ts";
import { type NodeOutcome, predictAtNode } from "./predict-node.ts";
import { predictedClass } from "./predicted-class.ts";
import type {
  PredictedOutcome,
  PredictedPath,
  PredictedSource,
  PredictedStage,
  PredictPacket,
} from "./predicted-path.ts";
import type { PacketEnd } from "./rule-match.ts";

export interface PathPredictor {
  predict(packet: PredictPacket): PredictedPath;
  /** The rules of a node, when the snapshot has any of its commands' output. */
  rulesOf(node: string): NodeRules | null;
}

/** Answers that are kept for the next question. Connections to a million places ask for a million. */
const MAX_ANSWERS_KEPT = 16_384;

/** Pure; what it compiles of the snapshot and what it has answered before is kept for the next question. */
export function pathPredictor(snapshot: ClusterSnapshot, owners: OwnerIndex): PathPredictor {
  const compiled = new Map<string, NodeRules>();
  const rulesOf = (node: string): NodeRules | null => {
    const known = compiled.get(node);
    if (known !== undefined) return known;
    const state = snapshot.nodeStates.find((one) => one.node === node);
    if (state === undefined) return null;
    const rules = compileNodeRules(state);
    compiled.set(node, rules);
    return rules;
  };
  const world: World = { snapshot, owners, rulesOf };
  const asksPort = snapshot.nodeStates.some(({ node }) =>
    node === null ? false : rulesOf(node)?.asksSourcePort,
  );
  const answers = new Map<string, PredictedPath>();
  return {
    rulesOf,
    predict: (packet) => {
      const { node, protocol, source, destination } = packet;
      // Source ports decide nothing in the rules of kube-proxy and the CNI, but somebody's own rule may ask for them.
      const port = asksPort ? source.port : "";
      const key = [node, protocol, source.address, port, destination.address, destination.port];
      const used = key.join(" ");
      const known = answers.get(used);
      if (known !== undefined) return known;
      const answer = predict(world, packet);
      if (answers.size >= MAX_ANSWERS_KEPT) answers.clear();
      answers.set(used, answer);
      return answer;
    },
  };
}

interface World {
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
  readonly rulesOf: (node: string) => NodeRules | null;
}

/** Nodes that one packet passes: its sender's, one that a NodePort or a load balancer chose, the receiver's. */
const MAX_STAGES = 4;

function predict(world: World, packet: PredictPacket): PredictedPath {
  const source: PredictedSource = { address: packet.source.address, rewritten: false };
  const walked = walk(world, packet, packet.node, source, packet.destination, []);
  if (typeof walked === "string")
    return (
      assumeFromCni(packet, world.snapshot, world.owners, world.rulesOf(packet.node)) ??
      unknown(walked)
    );
  const outcomes: PredictedOutcome[] = walked.map((stages) => ({
    stages,
    class: predictedClass(packet, stages, world.owners),
  }));
  const classes = new Set(outcomes.map((one) => one.class));
  const [only] = classes;
  return {
    certainty: outcomes.length === 0 ? "unknown" : "certain",
    class: classes.size === 1 ? (only ?? null) : null,
    outcomes,
    because: (outcomes[0]?.stages ?? []).flatMap((stage) => stage.because),
  };
}

function unknown(why: string): PredictedPath {
  return { certainty: "unknown", class: null, outcomes: [], because: [{ text: why, refs: [] }] };
}

type Stages = readonly PredictedStage[];

/** Every way on from a node; a string when one of them cannot be told, because then nothing is excluded. */
function walk(
  world: World,
  packet: PredictPacket,
  node: string,
  source: PredictedSource,
  destination: PacketEnd,
  before: Stages,
): Stages[] | string {
  const rules = world.rulesOf(node);
  if (rules === null) return `no command output of ${node} in the snapshot`;
  if (serviceIsUnread(world, rules, destination))
    return `${node} has no kube-proxy rules in iptables`;
  const at = {
    protocol: packet.protocol,
    source: { address: source.address, port: source.rewritten ? null : packet.source.port },
    destination,
    inInterfaces: before.length > 0 ? uplinks(world, rules) : entrances(world, rules, packet),
  };
  const outcomes = predictAtNode(rules, at, world.snapshot.cni);
  if ("cannotTell" in outcomes) return `${node}: ${outcomes.cannotTell}`;
  const found: Stages[] = [];
  for (const outcome of outcomes) {
    const stage = makeStage(node, source, destination, outcome);
    const stages = [...before, stage];
    const next = nextNode(world, stage);
    if (next === null) {
      found.push(stages);
      continue;
    }
    if (outcome.device !== null && !isUplink(world, rules, outcome.device))
      return `${node} sends it through ${outcome.device}, which is no ENI`;
    if (stages.length >= MAX_STAGES) return "the packet passes too many nodes";
    const on = walk(world, packet, next, stage.after.source, outcome.destination, stages);
    if (typeof on === "string") return on;
    found.push(...on);
  }
  return found;
}

function makeStage(
  node: string,
  source: PredictedSource,
  destination: PacketEnd,
  outcome: NodeOutcome,
): PredictedStage {
  const after: PredictedSource =
    outcome.newSource === null ? source : { address: outcome.newSource, rewritten: true };
  return {
    node,
    before: { source, destination },
    after: { source: after, destination: outcome.destination },
    nat: outcome.nat,
    device: outcome.device,
    delivered: outcome.delivered,
    because: [
      ...outcome.because,
      ...outcome.nat.map(({ rule, ref, kind }) => ({
        text: `iptables rule \`${rule}\` of ${node} explains the rewrite of the ${kind === "snat" ? "source" : "destination"}`,
        refs: [ref],
      })),
    ],
  };
}

/** The other node that owns the destination, when the packet goes there. */
function nextNode({ owners }: World, stage: PredictedStage): string | null {
  if (stage.delivered) return null;
  const owner = owners.resolve(stage.after.destination.address);
  if (owner.kind !== "pod" && owner.kind !== "node") return null;
  return owner.node === undefined || owner.node === stage.node ? null : owner.node;
}

/** kube-proxy in IPVS or nftables mode, or replaced by eBPF, rewrites where iptables-save shows nothing. */
function serviceIsUnread({ owners, snapshot }: World, rules: NodeRules, to: PacketEnd): boolean {
  const family = to.address.includes(":") ? 6 : 4;
  if (rules.chains("nat", family).has("KUBE-SERVICES")) return false;
  if (owners.resolve(to.address).kind === "service") return true;
  return snapshot.services.some(
    (one) =>
      one.externalIps.includes(to.address) ||
      one.ingress.includes(to.address) ||
      (rules.localAddresses.has(to.address) && one.ports.some((port) => port.nodePort === to.port)),
  );
}

/** Where the packet enters its first node: the sender's own interface, an ENI, or nowhere for a process of the node. */
function entrances(
  world: World,
  rules: NodeRules,
  packet: PredictPacket,
): readonly string[] | null {
  const { address } = packet.source;
  if (rules.localAddresses.has(address)) return [];
  const owner = world.owners.resolve(address);
  if (owner.node !== packet.node) return uplinks(world, rules);
  if (owner.kind === "node") return [];
  if (owner.kind !== "pod") return null;
  const route = rules.routes.get("main")?.find(({ entry }) => entry.destination === address);
  if (route?.entry.device !== undefined) return [route.entry.device];
  const prefix = world.snapshot.cni.vethPrefix ?? DEFAULT_VETH_PREFIX;
  return [vethName(prefix, owner.namespace ?? "", owner.name ?? "")];
}

/** The node's interfaces that are ENIs; null when the snapshot does not tell. */
function uplinks({ owners }: World, { state }: NodeRules): readonly string[] | null {
  const names = state.interfaces
    .filter(({ mac }) => mac !== undefined && owners.ownerOfMac(mac)?.eni !== undefined)
    .map(({ name }) => name);
  return names.length === 0 ? null : names;
}

/** Without ENI lists every interface that is not made by software for tunnels and bridges may be one. */
function isUplink(world: World, rules: NodeRules, device: string): boolean {
  const names = uplinks(world, rules);
  if (names !== null) return names.includes(device);
  return /^(?:eth|en[psxX]|ens|vlan)/.test(device);
}
