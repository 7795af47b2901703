/** Where a connection's packets passed: which ENI of a pod's node, or none at all. */
import type {
  Report,
  ReportConnection,
  ReportParty,
  ReportVantagePoint,
} from "../report/report.ts";
import { HOLDS, type Judge, type Judgement, open, violates, worst } from "./judgement.ts";

export type Places = ReadonlyMap<string, ReportVantagePoint>;

export function placesOf({ vantagePoints }: Report): Places {
  return new Map(vantagePoints.map((point) => [point.id, point]));
}

/** Kinds of vantage points on the wire between a node and the VPC. */
export const ENI_KINDS: ReadonlySet<string> = new Set(["node-eni", "secondary-eni", "branch-eni"]);

/** ENIs of the node at which packets of the connection were seen. */
function enisSeen(
  { observations }: ReportConnection,
  node: string,
  places: Places,
): ReportVantagePoint[] {
  return observations.flatMap(({ vantagePoint, records }) => {
    const place = places.get(vantagePoint);
    const isEni = place?.node === node && ENI_KINDS.has(place.kind);
    return place !== undefined && isEni && records.orig + records.resp > 0 ? [place] : [];
  });
}

/** `expected`: primary, secondary, own, or names of interfaces. */
export function judgeEni(expected: readonly string[], places: Places): Judge {
  const judgeEnd = (connection: ReportConnection, pod: ReportParty): Judgement => {
    if (pod.kind !== "pod") return HOLDS;
    if (pod.node === undefined)
      return open("the pod's node is not known", "kubectl get pods -A -o wide");
    const seen = enisSeen(connection, pod.node, places);
    if (seen.length === 0)
      return open(
        `it was seen at no ENI of ${pod.node}`,
        `a capture of all ENIs (eth0, eth1 ...) of ${pod.node}`,
      );
    return worst(seen.map((place) => judgeEniPlace(place, pod, expected)));
  };
  return (connection) => {
    if (connection.orig.kind !== "pod" && connection.resp.kind !== "pod")
      return open("neither end is a pod: no ENI is its own");
    // Between pods of one node nothing needs to leave it.
    const { orig, resp } = connection;
    if (orig.node !== undefined && orig.node === resp.node && isUnseenOnWire(connection, places))
      return open("both pods are on one node, and it was seen at no ENI");
    return worst([judgeEnd(connection, orig), judgeEnd(connection, resp)]);
  };
}

function isUnseenOnWire(connection: ReportConnection, places: Places): boolean {
  return enisSeen(connection, connection.orig.node ?? "", places).length === 0;
}

function judgeEniPlace(
  place: ReportVantagePoint,
  pod: ReportParty,
  expected: readonly string[],
): Judgement {
  const role = place.kind === "node-eni" ? "primary" : "secondary";
  const name = place.interface ?? "an unnamed interface";
  if (expected.includes(role) || expected.includes(name)) return HOLDS;
  if (!expected.includes("own"))
    return violates(`it passed ${name} of ${place.node ?? "its node"}`);
  if (pod.deviceIndex === undefined)
    return open(
      `which ENI holds ${pod.address} is not known`,
      "aws ec2 describe-network-interfaces",
    );
  const own = pod.deviceIndex === 0 ? "primary" : "secondary";
  return own === role
    ? HOLDS
    : violates(
        `it passed ${name} of ${place.node ?? "its node"}, while ${pod.address} belongs to ENI ${pod.deviceIndex}`,
      );
}

export function judgeNodeLocal(expected: boolean, places: Places): Judge {
  const enisOf = new Map<string, number>();
  for (const { node, kind } of places.values())
    if (node !== undefined && ENI_KINDS.has(kind)) enisOf.set(node, (enisOf.get(node) ?? 0) + 1);
  return (connection) => {
    const { orig, resp } = connection;
    if (orig.node === undefined || resp.node === undefined)
      return isOutside(orig) || isOutside(resp)
        ? verdict(expected, false, "one end is outside the nodes")
        : open("the node of one end is not known", "kubectl get pods -A -o wide");
    if (orig.node !== resp.node) return verdict(expected, false, "its ends are on two nodes");
    const seen = enisSeen(connection, orig.node, places);
    if (seen.length > 0)
      return verdict(
        expected,
        false,
        `it left the node: seen at ${seen[0]?.interface ?? "an ENI"} of ${orig.node}`,
      );
    if ((enisOf.get(orig.node) ?? 0) === 0)
      return open(
        `no ENI of ${orig.node} was captured`,
        `a capture of all ENIs (eth0, eth1 ...) of ${orig.node}`,
      );
    return verdict(expected, true, "it stayed on its node");
  };
}

/** Kinds of ends that are on no node of the cluster, whoever they are. */
const OUTSIDE: ReadonlySet<string> = new Set(["external", "vpc", "peer", "control-plane"]);

function isOutside({ kind, node }: ReportParty): boolean {
  return node === undefined && OUTSIDE.has(kind);
}

function verdict(expected: boolean, found: boolean, what: string): Judgement {
  return expected === found ? HOLDS : violates(what);
}
