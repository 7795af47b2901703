/** The rewrites between the legs of a connection, each with who did it and what ties its two sides. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type {
  FiveTuple,
  MatchedBy,
  NatKind,
  NatStep,
  Observation,
  PacketRef,
} from "./connection.ts";
import { sameEndpoint } from "./leg.ts";
import type { ConntrackWitness } from "./leg-link.ts";

/** One side of a rewrite: the tuple there, and what was seen of it (nothing, when only conntrack tells). */
export interface StepSide {
  readonly tuple: FiveTuple;
  readonly observations: readonly Observation[];
}

export function natStep(
  before: StepSide,
  after: StepSide,
  by: MatchedBy,
  witness: ConntrackWitness | null,
  owners: OwnerIndex,
): NatStep | null {
  const kind = natKind(before.tuple, after.tuple);
  if (kind === null) return null;
  return {
    kind,
    node: rewritingNode(before, after, witness, owners),
    before: before.tuple,
    after: after.tuple,
    matchedBy: by,
    confidence: "proven",
    conntrack:
      witness === null
        ? null
        : {
            text: witness.entry.text,
            file: witness.entry.ref.file,
            ...(witness.entry.ref.line === undefined ? {} : { line: witness.entry.ref.line }),
          },
    packets: [...firstPackets(before.observations), ...firstPackets(after.observations)],
  };
}

/** Null when nothing was rewritten (the two sides differ only in their encapsulation). */
function natKind(before: FiveTuple, after: FiveTuple): NatKind | null {
  const source = !sameEndpoint(before.orig, after.orig);
  const destination = !sameEndpoint(before.resp, after.resp);
  // An ICMP identifier stands at both ends: rewritten by SNAT, it changes the "port" of the responder as well.
  if (
    source &&
    destination &&
    before.resp.address === after.resp.address &&
    isIdentifier(before) &&
    isIdentifier(after)
  )
    return "snat";
  if (
    source &&
    destination &&
    before.orig.address === after.orig.address &&
    isIdentifier(before) &&
    isIdentifier(after)
  )
    return "dnat";
  if (source && destination) return "both";
  return source ? "snat" : destination ? "dnat" : null;
}

function isIdentifier(tuple: FiveTuple): boolean {
  return tuple.orig.port === tuple.resp.port;
}

/** The node where the tuple before and the tuple after were both seen; else what conntrack or the new source address say. */
function rewritingNode(
  before: StepSide,
  after: StepSide,
  witness: ConntrackWitness | null,
  owners: OwnerIndex,
): string | null {
  const there = new Set(after.observations.map((one) => one.vantagePoint.node));
  const both = new Set(
    before.observations
      .map((one) => one.vantagePoint.node)
      .filter((node) => node !== null && there.has(node)),
  );
  const [node] = both;
  if (both.size === 1 && node !== undefined) return node;
  if (witness?.node != null) return witness.node;
  if (before.tuple.orig.address !== after.tuple.orig.address) {
    const owner = owners.resolve(after.tuple.orig.address);
    if (owner.kind === "node" && owner.node !== undefined) return owner.node;
  }
  return null;
}

/** The first packet of each direction at the place that saw it first. */
export function firstPackets(observations: readonly Observation[]): PacketRef[] {
  const refs: PacketRef[] = [];
  for (const side of ["orig", "resp"] as const) {
    const seen = observations.find((one) => one[side].records > 0);
    if (seen !== undefined)
      refs.push({ capture: seen.vantagePoint.capture, record: seen[side].firstRecord });
  }
  return refs;
}
