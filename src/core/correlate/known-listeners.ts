/** Ports that the snapshot says something listens on: used only to tell who answered where no first packet was seen. */
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { KnownListeners } from "./orient.ts";

export function knownListeners(snapshot: ClusterSnapshot): KnownListeners {
  const listening = new Set<string>();
  const nodePorts = new Set<string>();
  const add = (protocol: string, address: string, port: number | null | undefined): void => {
    if (port !== null && port !== undefined)
      listening.add(`${protocol.toLowerCase()} ${address} ${port}`);
  };
  for (const endpoint of snapshot.endpoints)
    add(endpoint.protocol, endpoint.address, endpoint.port);
  for (const service of snapshot.services) {
    for (const port of service.ports) {
      for (const address of [...service.clusterIps, ...service.externalIps])
        add(port.protocol, address, port.port);
      if (port.nodePort !== undefined)
        nodePorts.add(`${port.protocol.toLowerCase()} ${port.nodePort}`);
    }
  }
  for (const pod of snapshot.pods) {
    if (pod.hostNetwork) continue;
    for (const address of pod.addresses)
      for (const port of pod.ports) add(port.protocol, address, port.port);
  }
  const nodeAddresses = new Set(snapshot.nodes.flatMap((node) => node.internalAddresses));
  return {
    isEmpty: listening.size === 0 && nodePorts.size === 0,
    listens: (protocol, { address, port }) =>
      listening.has(`${protocol} ${address} ${port}`) ||
      (nodeAddresses.has(address) && nodePorts.has(`${protocol} ${port}`)),
  };
}
