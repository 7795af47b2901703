import { statement } from "../evidence.ts";
import { counted } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { firstOf, has, MAX_EVIDENCE, placesText, SIDES } from "../sightings.ts";
import { Trait } from "../traits.ts";

export const midStream: FindingRule = {
  level: "note",
  concerns: { all: Trait.NoSynSeen },
  meta: {
    id: "mid-stream",
    title: "No SYN was seen: the capture began later",
    why: "Without the handshake who opened the connection is inferred from ports, and rewrites are tied by less sure marks.",
    proves: "No captured place saw a SYN or SYN-ACK of this connection.",
    doesNotProve: "When it began, or which side opened it.",
    confirm: "Restart the client while the capture runs",
    sources: ["RFC 9293 section 3.5"],
  },
  find(classified) {
    const late = classified.filterAlone(
      () => true,
      ({ subject: { connection } }) => {
        const { tcp } = connection;
        return tcp !== null && tcp.origIsn === null && tcp.respIsn === null;
      },
    );
    if (late.length === 0) return [];
    return [
      {
        level: "note",
        connections: late.indexes,
        message: `${counted(late.length, "connection")} already open when the capture began.`,
        identity: "captures",
        advice:
          "Start the capture before the connection is opened when its direction or its rewrites matter.",
        evidence: late.head(MAX_EVIDENCE).map(({ subject: { connection } }) => {
          const seen = connection.observations.slice(0, 2);
          const side = SIDES.find((one) => seen.some((sighting) => has(sighting[one]))) ?? "orig";
          return statement(
            `the first packet seen at ${placesText(seen)} is not a SYN (originator told by ${connection.orientedBy})`,
            firstOf(seen, side),
          );
        }),
      },
    ];
  },
};
