import { statement } from "../evidence.ts";
import { counted } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { MAX_EVIDENCE, packetsOf, SIDES } from "../sightings.ts";
import { Trait } from "../traits.ts";

/** Of a place's TCP segments; fewer may be what the network doubled now and then. */
const SHARE = 0.05;
const AT_LEAST = 3;
const NO_RECORDS: ReadonlyMap<string, number> = new Map();

interface Doubled {
  copies: number;
  readonly members: Set<number>;
}

export const captureDuplicates: FindingRule = {
  level: "note",
  concerns: { all: Trait.OutOfLine },
  meta: {
    id: "capture-duplicates",
    title: "The capture holds packets twice",
    why: "Counts of packets and bytes at this place are too high; other tools report the copies as retransmissions.",
    proves:
      "TCP segments were recorded again with the same identification: one packet, two records.",
    doesNotProve:
      "Where the copies come from: a bridge and its port, a mirror, two captures merged.",
    confirm: "editcap -d FILE OUT; compare the counts",
    sources: ["RFC 6864", "editcap(1)"],
  },
  find(classified) {
    const places = new Map<string, Doubled>();
    for (const one of classified) {
      for (const seen of one.subject.connection.observations) {
        const copies = seen.orig.copies + seen.resp.copies;
        let place = places.get(seen.vantagePoint.id);
        if (place === undefined) {
          place = { copies: 0, members: new Set() };
          places.set(seen.vantagePoint.id, place);
        }
        place.copies += copies;
        if (copies > 0) place.members.add(one.subject.connection.index);
      }
    }
    const doubled = [...places].filter(([, { copies }]) => copies >= AT_LEAST);
    const segments = doubled.length === 0 ? NO_RECORDS : classified.source.recordsByPlace();
    return doubled.flatMap(([id, { copies, members: indexes }]) => {
      if (copies < (segments.get(id) ?? 0) * SHARE) return [];
      const members = classified.of(Int32Array.from(indexes));
      return [
        {
          level: "note" as const,
          connections: members.indexes,
          message: `${id}: ${counted(copies, "segment")} recorded twice.`,
          advice:
            "Capture on one interface of the path only, or remove the copies with editcap -d.",
          evidence: members.head(MAX_EVIDENCE).map(({ subject: { connection } }) => {
            const here = connection.observations.filter((seen) => seen.vantagePoint.id === id);
            return statement(
              `a segment was recorded again at ${id}`,
              SIDES.flatMap((side) => packetsOf(here, (seen) => seen[side].copyRecord)),
            );
          }),
          identity: id,
        },
      ];
    });
  },
};
