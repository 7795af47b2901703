import { statement } from "../evidence.ts";
import { counted, indexes } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { MAX_EVIDENCE, packetsOf, SIDES } from "../sightings.ts";

/** Of a place's TCP segments; fewer may be what the network doubled now and then. */
const SHARE = 0.05;
const AT_LEAST = 3;

interface Doubled {
  copies: number;
  segments: number;
  readonly members: Classified[];
}

export const captureDuplicates: FindingRule = {
  level: "note",
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
          place = { copies: 0, segments: 0, members: [] };
          places.set(seen.vantagePoint.id, place);
        }
        place.segments += seen.orig.records + seen.resp.records;
        place.copies += copies;
        if (copies > 0 && place.members.at(-1) !== one) place.members.push(one);
      }
    }
    return [...places].flatMap(([id, { copies, segments, members }]) => {
      if (copies < AT_LEAST || copies < segments * SHARE) return [];
      return [
        {
          level: "note" as const,
          connections: indexes(members),
          message: `${id}: ${counted(copies, "segment")} recorded twice.`,
          advice:
            "Capture on one interface of the path only, or remove the copies with editcap -d.",
          evidence: members.slice(0, MAX_EVIDENCE).map(({ subject: { connection } }) => {
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
