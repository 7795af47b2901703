/** Facts about load balancers that several rules ask for. */
import type { Owner } from "../cluster/owner.ts";
import type { ClusterSnapshot, SnapshotRef } from "../cluster/snapshot.ts";
import type { FiveTuple } from "../correlate/connection.ts";

/** The NodePort service that listens on a node's port, if the snapshot knows one. */
export function nodePortService(
  snapshot: ClusterSnapshot,
  protocol: string,
  port: number | null,
): { readonly name: string; readonly ref: SnapshotRef } | null {
  for (const service of snapshot.services) {
    const hit =
      service.ports.some(
        (one) => one.nodePort === port && one.protocol.toLowerCase() === protocol,
      ) ||
      (port !== null && service.healthCheckNodePort === port);
    if (hit) return { name: `${service.namespace}/${service.name}`, ref: service.ref };
  }
  return null;
}

/** A load balancer of this type is known at all. */
export function knowsLoadBalancer(
  snapshot: ClusterSnapshot,
  type: Owner["loadBalancerType"],
): boolean {
  return (
    snapshot.loadBalancers.some((one) => one.type === type) ||
    snapshot.enis.some((eni) => eni.role === `${type}-load-balancer`)
  );
}

/** The pod address (IP mode) or a node port (instance mode) is registered as a target. */
export function registeredTarget(
  snapshot: ClusterSnapshot,
  resp: FiveTuple["resp"],
): SnapshotRef | null {
  return (
    snapshot.targets.find((one) => one.address === resp.address && one.port === resp.port)?.ref ??
    null
  );
}

export function registeredNodePort(
  snapshot: ClusterSnapshot,
  port: number | null,
): SnapshotRef | null {
  return (
    snapshot.targets.find((one) => one.instanceId !== undefined && one.port === port)?.ref ?? null
  );
}
