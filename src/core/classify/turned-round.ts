/**
 * A connection whose originator is not known, told from its other end. Where nothing says who started, the verdict must hold
 * both ways or leave the other way open.
 */
import type { Connection, FiveTuple, NatKind, NatStep } from "../correlate/connection.ts";

/** Grounds of `orientedBy` that a capture begun in the middle of a conversation makes as well. */
const WEAK_GROUNDS: ReadonlySet<string> = new Set(["first-packet", "late-start"]);

export function isOriginatorKnown({ orientedBy }: Pick<Connection, "orientedBy">): boolean {
  return !WEAK_GROUNDS.has(orientedBy);
}

/** The same packets with originator and responder exchanged; what was the last leg is the first. */
export function turnedRound(connection: Connection): Connection {
  return {
    ...connection,
    legs: connection.legs.map(turned).reverse(),
    observations: connection.observations.map((one) => ({
      ...one,
      tuple: turned(one.tuple),
      orig: one.resp,
      resp: one.orig,
    })),
    nat: connection.nat.map(turnedStep).reverse(),
    packets: { orig: connection.packets.resp, resp: connection.packets.orig },
    bytes: { orig: connection.bytes.resp, resp: connection.bytes.orig },
  };
}

function turned({ orig, resp }: FiveTuple): FiveTuple {
  return { orig: resp, resp: orig };
}

/** A source that was rewritten on the way out is a destination that is rewritten on the way back. */
const TURNED_KIND: Readonly<Record<NatKind, NatKind>> = {
  snat: "dnat",
  dnat: "snat",
  both: "both",
};

function turnedStep(step: NatStep): NatStep {
  return {
    ...step,
    kind: TURNED_KIND[step.kind],
    before: turned(step.after),
    after: turned(step.before),
  };
}
