/** Addresses, tuples and parties in the words of a picture. */
import { showEndpoint } from "../report/build-connection.ts";
import type { ReportParty } from "../report/report.ts";

interface Endpoint {
  readonly address: string;
  readonly port: number | null;
}

/** "10.0.1.11:40000"; the address alone for protocols without ports. */
export function endpointText(protocol: string, endpoint: Endpoint): string {
  const portless = /^i[cp]/.test(protocol) && (endpoint.port ?? 0) === 0;
  return portless ? endpoint.address : showEndpoint(endpoint);
}

/** "10.0.1.11:40000 → 203.0.113.9:443". */
export function tupleText(
  protocol: string,
  { orig, resp }: { readonly orig: Endpoint; readonly resp: Endpoint },
): string {
  return `${endpointText(protocol, orig)} → ${endpointText(protocol, resp)}`;
}

const UNNAMED: Readonly<Record<string, string>> = {
  external: "outside the cluster and its VPC",
  vpc: "inside the VPC, on no list",
  peer: "peered network",
  unknown: "on no list",
};

/** "default/web-1", "ip-10-0-1-5", "www.example.com", or the address. */
export function partyName(party: ReportParty): string {
  const { kind, name, namespace, address, dnsNames } = party;
  // The domain of a node's name is the same for all of them and says nothing here.
  if (kind === "node" && name !== undefined) return name.replace(/(?<=.)\..*$/s, "");
  if (name !== undefined) return namespace === undefined ? name : `${namespace}/${name}`;
  return dnsNames?.[0] ?? address;
}

/** "pod · Deployment/web", "outside the cluster and its VPC". */
export function partyKind({ kind, workload }: ReportParty): string {
  const words = UNNAMED[kind] ?? kind.replaceAll("-", " ");
  return workload === undefined ? words : `${words} · ${workload}`;
}
