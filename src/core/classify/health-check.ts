/** Which connections a load balancer opened to a target itself, and which of those can only be health checks. */
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import type { Classified } from "./rule.ts";
import { firstLeg, lastLeg } from "./subject.ts";

export interface BalancerConnection {
  /** Name of the load balancer whose interface opened it. */
  readonly balancer: string;
  /** Where it ended: the pod's address, also behind a NodePort. */
  readonly target: FlowEndpoint;
}

/** Null: not opened by a load balancer's interface, or no TCP. */
export function openedByBalancer({ subject }: Classified): BalancerConnection | null {
  const { orig, connection } = subject;
  if (orig.kind !== "load-balancer" || connection.tcp === null) return null;
  const balancer = orig.name ?? firstLeg(connection).orig.address;
  return { balancer, target: lastLeg(connection).resp };
}

/**
 * A check and no client's request: dialled the service's healthCheckNodePort; a PROXY header without a client (command LOCAL);
 * an HTTP request whose User-Agent is ELB-HealthChecker;
 * opened by an NLB that sends clients' connections from the clients' own addresses; or closed without a byte of data. A check
 * over HTTP that none of these tells is counted with the requests: its packets look like one.
 */
export function isHealthCheck(one: Classified, snapshot: ClusterSnapshot): boolean {
  if (openedByBalancer(one) === null) return false;
  const { orig, connection } = one.subject;
  const { port } = firstLeg(connection).resp;
  if (snapshot.services.some((service) => service.healthCheckNodePort === port)) return true;
  if (connection.proxyHeader?.command === "LOCAL") return true;
  if (connection.httpRequest?.isHealthCheck === true) return true;
  if (orig.loadBalancerType === "network" && preservesClients(snapshot, orig.name)) return true;
  // What began before the capture may have carried data there.
  if (connection.tcp?.state === "mid-stream") return false;
  return connection.observations.every((at) => at.orig.payloadBytes + at.resp.payloadBytes === 0);
}

/** All target groups that the load balancer forwards to keep the client's address. */
function preservesClients(snapshot: ClusterSnapshot, balancer: string | undefined): boolean {
  const groups = snapshot.targetGroups.filter(
    ({ loadBalancers }) => balancer !== undefined && loadBalancers.includes(balancer),
  );
  return (
    groups.length > 0 &&
    groups.every(({ attributes }) => attributes["preserve_client_ip.enabled"] === "true")
  );
}
