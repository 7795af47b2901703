/**
 * How connections spread over the targets of each load balancer and each service that was met: by target, health checks apart,
 * and which registered targets got nothing.
 */
import type { Owner } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import { isHealthCheck, openedByBalancer } from "./health-check.ts";
import { nodePortService } from "./load-balancer.ts";
import type { Members } from "./members.ts";
import type { Classified } from "./rule.ts";
import { firstLeg, isPod, lastLeg, rewritesDestination } from "./subject.ts";
import { type Concern, Trait } from "./traits.ts";

export interface SpreadTarget extends FlowEndpoint {
  readonly owner: Owner;
  /** Without the health checks. */
  readonly connections: number;
  readonly healthChecks: number;
  /** Of the connections that are no health checks, both directions, each packet once. */
  readonly packets: number;
  readonly bytes: number;
}

export interface UnreachedTarget {
  /** Null: an instance that no listed node is. */
  readonly address: string | null;
  readonly port: number | null;
  readonly instanceId: string | null;
  readonly owner: Owner | null;
  /** The target group's or the endpoint's own word, when there is one. */
  readonly state: string | null;
  /** A capture stands where the target's packets pass; else nobody can tell whether it got any. */
  readonly watched: boolean;
}

export interface Spread {
  readonly kind: "load-balancer" | "service";
  /** Of the load balancer; "namespace/name" of the service. */
  readonly name: string;
  /** Most connections first, then by address and port. */
  readonly targets: readonly SpreadTarget[];
  /** Connections of which no packet shows the target behind the service's address. */
  readonly unresolved: number;
  readonly neverReached: readonly UnreachedTarget[];
}

interface Tally {
  owner: Owner;
  readonly endpoint: FlowEndpoint;
  connections: number;
  healthChecks: number;
  packets: number;
  bytes: number;
}

interface Draft {
  readonly kind: Spread["kind"];
  readonly name: string;
  readonly targets: Map<string, Tally>;
  /** What was dialled to get there: "address port"; of NodePorts too. */
  readonly dialled: Set<string>;
  unresolved: number;
}

/** Through a load balancer, a service or a NodePort. */
const SPREAD: Concern = {
  any: Trait.FromBalancer | Trait.FromOutside | Trait.ToService | Trait.ToNode,
};

/**
 * @param having connections by what is known of them
 * @param resolve the owner of an address at any time
 */
export function spreads(
  having: (concern: Concern) => Members,
  snapshot: ClusterSnapshot,
  vantagePoints: readonly VantagePoint[],
  resolve: (address: string) => Owner,
): Spread[] {
  const drafts = new Map<string, Draft>();
  const open = (kind: Spread["kind"], name: string): Draft => {
    const key = `${kind} ${name}`;
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const draft: Draft = { kind, name, targets: new Map(), dialled: new Set(), unresolved: 0 };
    drafts.set(key, draft);
    return draft;
  };
  for (const one of having(SPREAD)) {
    const balancer = balancerOf(one, snapshot);
    if (balancer !== null) count(open("load-balancer", balancer), one, snapshot);
    const service = serviceOf(one, snapshot);
    if (service !== null) count(open("service", service), one, snapshot);
  }
  const isWatched = watcher(vantagePoints);
  return [...drafts.values()]
    .sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name))
    .map((draft) => ({
      kind: draft.kind,
      name: draft.name,
      targets: [...draft.targets.values()]
        .map(({ endpoint, ...tally }) => ({ ...endpoint, ...tally }))
        .sort((a, b) => b.connections - a.connections || compareEnds(a, b)),
      unresolved: draft.unresolved,
      neverReached: registered(draft, snapshot)
        .filter(({ address, port }) => address === null || !isReached(draft, address, port))
        .map((target) => {
          const owner = target.address === null ? null : resolve(target.address);
          return { ...target, owner, watched: owner !== null && isWatched(owner) };
        })
        .sort((a, b) =>
          compareEnds({ ...a, address: a.address ?? "" }, { ...b, address: b.address ?? "" }),
        ),
    }));
}

/** The load balancer that sent it: by its own interface's address, or by the one that a preserving NLB's target is of. */
function balancerOf(one: Classified, snapshot: ClusterSnapshot): string | null {
  const opened = openedByBalancer(one);
  if (opened !== null) return opened.balancer;
  const { orig, connection } = one.subject;
  if (orig.kind === "load-balancer") return orig.name ?? null;
  if (one.verdict.class !== "nlb-ip" && one.verdict.class !== "nlb-instance") return null;
  if (one.verdict.confidence === "possible") return null;
  const { address, port } = firstLeg(connection).resp;
  const instance = snapshot.nodes.find((node) =>
    node.internalAddresses.includes(address),
  )?.instanceId;
  const names = snapshot.targets
    .filter((target) => target.port === port)
    .filter((target) => target.address === address || isSame(target.instanceId, instance))
    .flatMap((target) => balancersOfTarget(target.targetGroup, snapshot));
  const [only, ...others] = new Set(names);
  return only === undefined || others.length > 0 ? null : only;
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

/** A target whose group nobody told is one of the only load balancer, when there is only one. */
function balancersOfTarget(
  group: string | undefined,
  { targetGroups, loadBalancers }: ClusterSnapshot,
): readonly string[] {
  const told = targetGroups
    .filter(({ name }) => name === group)
    .flatMap((one) => one.loadBalancers);
  if (told.length > 0) return told;
  const [only, another] = loadBalancers;
  return only === undefined || another !== undefined ? [] : [only.name];
}

/** The service whose ClusterIP or NodePort was dialled. */
function serviceOf({ subject }: Classified, snapshot: ClusterSnapshot): string | null {
  const { dialled, connection } = subject;
  if (dialled.kind === "service" && dialled.name !== undefined)
    return dialled.namespace === undefined ? dialled.name : `${dialled.namespace}/${dialled.name}`;
  if (dialled.kind !== "node") return null;
  const { port } = firstLeg(connection).resp;
  // The port of its health check is answered by kube-proxy, not by the service.
  if (snapshot.services.some((service) => service.healthCheckNodePort === port)) return null;
  return nodePortService(snapshot, connection.protocol, port)?.name ?? null;
}

function count(draft: Draft, one: Classified, snapshot: ClusterSnapshot): void {
  const { subject } = one;
  const { connection } = subject;
  const { resp: first } = firstLeg(connection);
  draft.dialled.add(keyOf(first));
  const isCheck = isHealthCheck(one, snapshot);
  // Checks may end at the node (kube-proxy answers healthCheckNodePort); requests go on from there.
  const isEnd =
    draft.kind === "load-balancer" && (isCheck || !["node", "service"].includes(subject.resp.kind));
  if (!isEnd && !isPod(subject.resp) && !connection.nat.some(rewritesDestination)) {
    draft.unresolved += 1;
    return;
  }
  const endpoint = lastLeg(connection).resp;
  const key = keyOf(endpoint);
  let tally = draft.targets.get(key);
  if (tally === undefined) {
    tally = {
      owner: subject.resp,
      endpoint,
      connections: 0,
      healthChecks: 0,
      packets: 0,
      bytes: 0,
    };
    draft.targets.set(key, tally);
  }
  if (isCheck) {
    tally.healthChecks += 1;
    return;
  }
  tally.connections += 1;
  tally.packets += connection.packets.orig + connection.packets.resp;
  tally.bytes += connection.bytes.orig + connection.bytes.resp;
}

type Registered = Pick<UnreachedTarget, "address" | "port" | "instanceId" | "state">;

/** What the snapshot lists behind it, each once. */
function registered(draft: Draft, snapshot: ClusterSnapshot): Registered[] {
  const all =
    draft.kind === "service"
      ? snapshot.endpoints
          .filter(({ namespace, service }) => `${namespace}/${service}` === draft.name)
          .map(({ address, port, ready }) => ({
            address,
            port,
            instanceId: null,
            state: ready ? null : "not ready",
          }))
      : snapshot.targets
          .filter(({ targetGroup }) =>
            balancersOfTarget(targetGroup, snapshot).includes(draft.name),
          )
          .map(({ address, instanceId, port, state }) => ({
            address: address ?? nodeAddress(snapshot, instanceId),
            port,
            instanceId: instanceId ?? null,
            state: state ?? null,
          }));
  const byKey = new Map(
    all.map((one) => [`${one.address ?? one.instanceId} ${one.port}`, one] as const),
  );
  return [...byKey.values()];
}

function nodeAddress({ nodes }: ClusterSnapshot, instanceId: string | undefined): string | null {
  if (instanceId === undefined) return null;
  return nodes.find((node) => node.instanceId === instanceId)?.internalAddresses[0] ?? null;
}

function isReached(draft: Draft, address: string, port: number | null): boolean {
  const key = keyOf({ address, port });
  return draft.targets.has(key) || draft.dialled.has(key);
}

/** At the pod, or on the ENI of its node that holds its address. */
function watcher(points: readonly VantagePoint[]): (owner: Owner) => boolean {
  const pods = new Set(points.map(({ pod }) => pod));
  const enis = points.filter(({ pod }) => pod === null);
  return (owner) => {
    if (owner.kind === "pod" && pods.has(`${owner.namespace}/${owner.name}`)) return true;
    const onSecondary = (owner.deviceIndex ?? 0) > 0;
    return enis.some(
      ({ node, kind }) =>
        node !== null &&
        node === owner.node &&
        kind === (onSecondary ? "secondary-eni" : "node-eni"),
    );
  };
}

function keyOf({ address, port }: FlowEndpoint): string {
  return `${address} ${port}`;
}

function compareEnds(a: FlowEndpoint, b: FlowEndpoint): number {
  return compare(a.address, b.address) || (a.port ?? 0) - (b.port ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
