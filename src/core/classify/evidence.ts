/** Sentences with the packets and snapshot entries that show them. */
import type { Owner } from "../cluster/owner.ts";
import type { FiveTuple, NatStep, Observation, PacketRef } from "../correlate/connection.ts";
import { firstPackets } from "../correlate/nat-step.ts";
import type { Evidence, Subject } from "./rule.ts";
import { firstLeg, lastLeg, nameOf } from "./subject.ts";

/** A node runs a dozen system pods; the report's party lists them all. */
const MAX_NAMED_SHARERS = 3;

export function statement(
  text: string,
  packets: readonly PacketRef[] = [],
  snapshot: Evidence["snapshot"] = [],
): Evidence {
  return { statement: text, packets, snapshot };
}

/** What every verdict stands on: who the ends are, where each leg was seen, and each rewrite. */
export function pathEvidence(subject: Subject): Evidence[] {
  const { connection } = subject;
  const found: Evidence[] = [];
  const first = firstLeg(connection);
  const last = lastLeg(connection);
  pushOwner(found, subject.orig, first.orig.address);
  if (first.resp.address !== last.resp.address)
    pushOwner(found, subject.dialled, first.resp.address);
  pushOwner(found, subject.resp, last.resp.address);
  for (const leg of connection.legs) pushSightings(found, subject, leg);
  for (const step of connection.nat) found.push(natEvidence(step));
  return found;
}

function pushOwner(into: Evidence[], owner: Owner, address: string): void {
  if (owner.ref === undefined) return;
  into.push(statement(ownerSentence(owner, address), [], [owner.ref]));
}

function ownerSentence(owner: Owner, address: string): string {
  const name = nameOf(owner, address);
  switch (owner.kind) {
    case "pod":
      return `${address} is pod ${name}${owner.node === undefined ? "" : ` on ${owner.node}`}`;
    case "node":
      return `${address} is node ${name}${owner.primary === true ? ", its primary address" : ""}${sharers(owner)}`;
    case "service":
      return `${address} is ${name}`;
    case "load-balancer":
      return `${address} is an interface of load balancer ${name}`;
    case "control-plane":
      return `${address} is an EKS-owned interface of the control plane`;
    case "aws-interface":
      return `${address} is ${name}`;
    case "vpc":
      return owner.name === undefined
        ? `${address} is inside the VPC and belongs to no listed pod or node`
        : `${address} is ${owner.name}, inside the VPC`;
    case "peer":
      return `${address} is inside a peered network`;
    default:
      return `${address} is ${name === address ? owner.kind : name}`;
  }
}

/** Which of them, or whether the host itself, no packet tells: they are named as candidates only. */
function sharers({ hostNetworkPods = [] }: Owner): string {
  if (hostNetworkPods.length === 0) return "";
  const named = hostNetworkPods.slice(0, MAX_NAMED_SHARERS).join(", ");
  const more = hostNetworkPods.length - MAX_NAMED_SHARERS;
  return `, shared by the host and its hostNetwork pods (${named}${more > 0 ? ` and ${more} more` : ""})`;
}

/** One sentence a leg: the places that saw it, with the first packet of each place. */
function pushSightings(into: Evidence[], subject: Subject, leg: FiveTuple): void {
  const seen = subject.connection.observations.filter(
    (one) => sameEnds(one.tuple, leg) && (one.orig.records > 0 || one.resp.records > 0),
  );
  if (seen.length === 0) return;
  const places = seen.map((one) => place(one));
  // A record in a tunnel is the outer connection's proof; the same packet unwrapped shows this tuple to any reader.
  const plain = seen.filter((one) => one.encapsulation === null);
  const packets = (plain.length > 0 ? plain : seen).flatMap((one) => firstPackets([one]));
  into.push(statement(`${tupleText(leg)} seen at ${places.join(", ")}`, packets));
}

function place(observation: Observation): string {
  const { encapsulation: inside, awsTunnel } = observation;
  if (inside === null && awsTunnel !== undefined) {
    const how = awsTunnel.service === "traffic-mirroring" ? "mirrored in" : "handed over in";
    return `${observation.vantagePoint.id}, ${how} ${awsTunnel.kind} (VNI ${awsTunnel.vni})`;
  }
  if (inside === null) return observation.vantagePoint.id;
  return `${observation.vantagePoint.id} inside ${inside.kind}${inside.vni === null ? "" : ` (VNI ${inside.vni})`}`;
}

function sameEnds(x: FiveTuple, y: FiveTuple): boolean {
  return (
    x.orig.address === y.orig.address &&
    x.orig.port === y.orig.port &&
    x.resp.address === y.resp.address &&
    x.resp.port === y.resp.port
  );
}

const MATCH_WORDS: Readonly<Record<NatStep["matchedBy"], string>> = {
  "tcp-isn": "the same SYN (initial sequence number and options) on both sides",
  "tcp-sequence": "the same sequence numbers in both directions on both sides",
  payload: "the same payload on both sides",
  "icmp-payload": "the same ICMP sequence numbers and payload on both sides",
  conntrack: "told by a conntrack entry",
};

export function natEvidence(step: NatStep): Evidence {
  const who = step.node === null ? "" : ` by ${step.node}`;
  const agrees =
    step.conntrack !== null && step.matchedBy !== "conntrack" ? "; conntrack agrees" : "";
  const text = `${natWord(step.kind)}${who}: ${tupleText(step.before)} becomes ${tupleText(step.after)}: ${MATCH_WORDS[step.matchedBy]}${agrees}`;
  const snapshot =
    step.conntrack === null
      ? []
      : [
          {
            file: step.conntrack.file,
            ...(step.conntrack.line === undefined ? {} : { line: step.conntrack.line }),
          },
        ];
  return statement(text, step.packets, snapshot);
}

export function natWord(kind: NatStep["kind"]): string {
  return kind === "both" ? "SNAT+DNAT" : kind.toUpperCase();
}

export function tupleText(tuple: FiveTuple): string {
  return `${endpointText(tuple.orig)} → ${endpointText(tuple.resp)}`;
}

function endpointText(endpoint: {
  readonly address: string;
  readonly port: number | null;
}): string {
  if (endpoint.port === null) return endpoint.address;
  return endpoint.address.includes(":")
    ? `[${endpoint.address}]:${endpoint.port}`
    : `${endpoint.address}:${endpoint.port}`;
}
