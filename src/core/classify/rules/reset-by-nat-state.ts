import type { Connection, Observation } from "../../correlate/connection.ts";
import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Members } from "../members.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import {
  dialledText,
  endpointText,
  MAX_EVIDENCE,
  packetsOf,
  placesText,
  type Side,
} from "../sightings.ts";
import { firstLeg, rewritesDestination } from "../subject.ts";
import { Trait } from "../traits.ts";

/** What a server sends again comes within TCP's retransmission time (RFC 6298: at most 60 s apart). */
const RETRY_NS = 60_000_000_000n;

export const resetByNatState: FindingRule = {
  level: "warning",
  concerns: { all: Trait.Tcp | Trait.OutOfLine | Trait.AtPod },
  meta: {
    id: "reset-by-nat-state",
    title: "An answer came back with the pod's address, and the client reset it",
    why: "The client does not know whom the answer is from; its RST ends the connection at the server while the client still waits.",
    proves:
      "A socket that had dialled a service got segments from one of its servers under the server's own address, at the client's own interface, and sent that address nothing but RST.",
    doesNotProve:
      "Why conntrack did not translate it back: a segment out of its window (INVALID), an entry that was deleted or an expired one look alike.",
    confirm:
      "conntrack -S (invalid); sysctl net.netfilter.nf_conntrack_tcp_be_liberal; iptables -S KUBE-FORWARD",
    sources: ["kubernetes/kubernetes#74839", "kubernetes/kubernetes#117924"],
  },
  find(classified, context) {
    const astray = astrayAnswers(classified, context);
    return perWorkloadPair(classified.keysOf(astray), (pair) => ({
      level: "warning",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} whose answers reached the client untranslated and were reset.`,
      advice:
        "Let kube-proxy drop INVALID packets (the rule of KUBE-FORWARD, since Kubernetes 1.15) or set nf_conntrack_tcp_be_liberal=1.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => {
        const { seen, side } = astray.get(one.subject.connection.index) ?? {
          seen: null,
          side: "orig",
        };
        if (seen === null) return [];
        const server = side === "orig" ? "resp" : "orig";
        return [
          statement(
            `${dialledText(one.subject)} was dialled, and ${placesText([seen])} saw answers of ${endpointText(seen.tuple[server])}`,
            [
              ...packetsOf(one.subject.connection.observations, ({ orig }) => orig.firstRecord),
              ...packetsOf([seen], (at) => at[server].firstRecord),
            ].slice(-2),
          ),
          statement(
            `the client sent nothing but RST to that address, seen at ${placesText([seen])}`,
            packetsOf([seen], (at) => at[side].resetRecord),
          ),
        ];
      }),
    }));
  },
};

interface Astray {
  readonly seen: Observation;
  /** The client's side of that sighting. */
  readonly side: Side;
}

/** By the index of the connection that the client opened; its answers may look like a connection of their own. */
function astrayAnswers(classified: Members, context: RuleContext): Map<number, Astray> {
  const resets: (Astray & { readonly connection: Connection })[] = [];
  for (const { subject } of classified) {
    if (subject.connection.tcp === null) continue;
    for (const seen of subject.connection.observations) {
      const side = onlyResets(seen);
      if (side !== null) resets.push({ seen, side, connection: subject.connection });
    }
  }
  const found = new Map<number, Astray>();
  if (resets.length === 0) return found;
  const sockets = new Set(resets.map(({ seen, side }) => endpointText(seen.tuple[side])));
  const bySocket = openedToServices(sockets, context);
  for (const { seen, side, connection } of resets) {
    const opened = bySocket
      .get(endpointText(seen.tuple[side]))
      ?.find((one) => isServerOf(one, seen, side, connection, context.snapshot));
    const index = opened?.subject.connection.index;
    if (index !== undefined && !found.has(index)) found.set(index, { seen, side });
  }
  return found;
}

/** What pods opened to services, by the client's socket. */
function openedToServices(
  sockets: ReadonlySet<string>,
  context: RuleContext,
): ReadonlyMap<string, readonly Classified[]> {
  const bySocket = new Map<string, Classified[]>();
  for (const one of context.having({ all: Trait.Tcp | Trait.FromPod | Trait.ToService })) {
    const socket = endpointText(firstLeg(one.subject.connection).orig);
    if (!sockets.has(socket)) continue;
    const known = bySocket.get(socket);
    if (known === undefined) bySocket.set(socket, [one]);
    else known.push(one);
  }
  return bySocket;
}

/** The side that got packets and answered them with nothing but RST. */
function onlyResets({ orig, resp, encapsulation, vantagePoint }: Observation): Side | null {
  if (encapsulation !== null || vantagePoint.oneWay || vantagePoint.pod === null) return null;
  if (orig.resets > 0 && orig.resets === orig.records && resp.records > resp.resets) return "orig";
  if (resp.resets > 0 && resp.resets === resp.records && orig.records > orig.resets) return "resp";
  return null;
}

/** Whether that sighting, at the client's own interface, is of the server that this connection was translated to. */
function isServerOf(
  { subject }: Classified,
  seen: Observation,
  side: Side,
  { tcp, index }: Connection,
  snapshot: RuleContext["snapshot"],
): boolean {
  const { connection, orig } = subject;
  if (seen.vantagePoint.pod !== `${orig.namespace}/${orig.name}`) return false;
  const server = seen.tuple[side === "orig" ? "resp" : "orig"];
  const dialled = firstLeg(connection).resp;
  // A pod that is its own server sees both tuples.
  if (server.address === dialled.address || server.address === firstLeg(connection).orig.address)
    return false;
  if (seen.orig.firstSeenNs > connection.lastSeenNs + RETRY_NS) return false;
  if (seen.orig.lastSeenNs < connection.firstSeenNs) return false;
  if (index === connection.index) return connection.nat.some(rewritesDestination);
  const isSameStart = tcp?.origIsn != null && tcp.origIsn === connection.tcp?.origIsn;
  if (isSameStart) return true;
  const service = snapshot.services.find(({ clusterIps }) => clusterIps.includes(dialled.address));
  return snapshot.endpoints.some(
    (one) =>
      one.namespace === service?.namespace &&
      one.service === service.name &&
      one.address === server.address &&
      one.port === server.port,
  );
}
