/** Whether a service that was dialled has anybody behind it, as far as the snapshot tells. */
import { cidrContains, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import type { ClusterSnapshot, ServiceEntry, SnapshotRef } from "../cluster/snapshot.ts";
import type { Classified } from "./rule.ts";
import { firstLeg, rewritesDestination } from "./subject.ts";

export interface EmptyService {
  /** "namespace/name" */
  readonly name: string;
  /** One phrase: what says that nobody is behind it. */
  readonly because: string;
  readonly refs: readonly SnapshotRef[];
}

/** The service without endpoints that this connection was sent to and got nothing of; null when it is not one. */
export function emptyServiceOf(one: Classified, snapshot: ClusterSnapshot): EmptyService | null {
  const { connection, dialled } = one.subject;
  if (dialled.kind !== "service" || connection.nat.some(rewritesDestination)) return null;
  if (connection.tcp !== null && connection.tcp.respIsn !== null) return null;
  if (connection.tcp === null && connection.packets.resp > 0) return null;
  const { address, port } = firstLeg(connection).resp;
  const service = snapshot.services.find((entry) => entry.clusterIps.includes(address));
  const rejected = rejectRule(snapshot, address, port);
  if (service === undefined && rejected === null) return null;
  const name = service === undefined ? address : `${service.namespace}/${service.name}`;
  if (rejected !== null) {
    const refs = service === undefined ? [rejected.ref] : [service.ref, rejected.ref];
    return { name, because: `kube-proxy rejects it: ${rejected.text}`, refs };
  }
  if (service === undefined || !isListedEmpty(service, snapshot)) return null;
  return { name, because: "no ready endpoint is listed for it", refs: [service.ref] };
}

/** kube-proxy's own mark of a service port without endpoints (pkg/proxy/iptables/proxier.go: "has no endpoints"). */
function rejectRule(
  snapshot: ClusterSnapshot,
  address: string,
  port: number | null,
): { readonly text: string; readonly ref: SnapshotRef } | null {
  const wanted = parseAddress(address);
  if (wanted === null) return null;
  for (const state of snapshot.nodeStates) {
    for (const rule of state.iptables) {
      if (rule.target !== "REJECT" || rule.destination === undefined) continue;
      if (rule.comment?.includes("has no endpoints") !== true) continue;
      const cidr = parseCidr(rule.destination.cidr);
      if (cidr === null || rule.destination.negated || !cidrContains(cidr, wanted)) continue;
      const ports = rule.destinationPort;
      if (ports !== undefined && (port === null || port < ports.first || port > ports.last))
        continue;
      return { text: rule.text, ref: rule.ref };
    }
  }
  return null;
}

/** Only a list that names endpoints of other services can say that this one has none. */
function isListedEmpty(service: ServiceEntry, snapshot: ClusterSnapshot): boolean {
  if (snapshot.endpoints.length === 0) return false;
  return !snapshot.endpoints.some(
    (one) => one.namespace === service.namespace && one.service === service.name && one.ready,
  );
}
