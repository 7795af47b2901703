/**
 * One connection over time, without coordinates: lanes for the places that saw it, and rows for the packets whose record
 * numbers the report has. Marks of one row are joined where the report says that they are one packet; nothing else is.
 */
import { MAX_DRAWN_LANES } from "../../limits.ts";
import { nsBetween } from "../../report/parse-time.ts";
import type { Report, ReportConnection, ReportKeyPacket } from "../../report/report.ts";
import {
  buildPathModel,
  type EndStop,
  type FoldedStop,
  hopBetween,
  type PathModel,
  type RewriteStop,
  type SeenStop,
} from "../path/path-model.ts";

export interface LadderLane {
  /** An end is a lane only where no capture shows its own interface. */
  readonly stop: SeenStop | EndStop | FoldedStop;
  /** Rewrites on the hop towards the next lane. */
  readonly rewrites: readonly RewriteStop[];
}

export type Sign = ReportKeyPacket["is"][number];

export interface LadderMark {
  /** Index of the lane. */
  readonly lane: number;
  readonly record: number;
  /** Seconds since the first packet, clocks corrected; null when the report has no time for it. */
  readonly seconds: number | null;
}

export interface PacketRow {
  readonly kind: "packet";
  /** null: the report does not tell. */
  readonly side: "orig" | "resp" | null;
  readonly signs: readonly Sign[];
  /** In the order in which the packet passed them. */
  readonly marks: readonly LadderMark[];
  /** Whether mark i and i + 1 are known to be the same packet. */
  readonly joined: readonly boolean[];
}

/** What stands between two rows and is not drawn. */
export interface GapRow {
  readonly kind: "gap";
  readonly packets: { readonly orig: number; readonly resp: number };
  /** Whether there may be more of them. */
  readonly atLeast: boolean;
  /** Time that passes; null when it is little or not known. */
  readonly seconds: number | null;
}

export interface LadderModel {
  readonly path: PathModel;
  readonly lanes: readonly LadderLane[];
  readonly rows: readonly (PacketRow | GapRow)[];
  /** Whether the report lists packets; without them only the first of each place is known. */
  readonly detailed: boolean;
}

/** A pause worth a word. */
const PAUSE_SECONDS = 0.2;

export function buildLadderModel(report: Report, connection: ReportConnection): LadderModel {
  const path = buildPathModel(report, connection, MAX_DRAWN_LANES);
  const lanes = lanesOf(path);
  const detailed = connection.observations.some(({ keyPackets }) => keyPackets !== undefined);
  const sightings = sightingsOf(report, connection, lanes, detailed);
  const { rows, split } = packetRows(connection, lanes, sightings);
  return { path, lanes, rows: withGaps(connection, rows, split), detailed };
}

function lanesOf({ stops, links }: PathModel): LadderLane[] {
  const lanes: { stop: LadderLane["stop"]; rewrites: RewriteStop[] }[] = [];
  stops.forEach((stop, i) => {
    if (stop.kind === "rewrite") {
      lanes.at(-1)?.rewrites.push(stop);
    } else if (stop.kind !== "end" || !(links[i === 0 ? 0 : i - 1]?.seen ?? false)) {
      lanes.push({ stop, rewrites: [] });
    }
  });
  return lanes;
}

/** One key packet at one lane. */
interface Sighting {
  readonly lane: number;
  readonly side: "orig" | "resp" | null;
  readonly signs: readonly Sign[];
  readonly record: number;
  readonly seconds: number | null;
}

function sightingsOf(
  report: Report,
  connection: ReportConnection,
  lanes: readonly LadderLane[],
  detailed: boolean,
): Sighting[] {
  const offsets = new Map(
    report.captures.map(({ id, clockOffset }) => [id, clockOffset?.seconds ?? 0]),
  );
  const all = lanes.flatMap(({ stop }, lane): Sighting[] => {
    if (stop.kind !== "seen") return [];
    const offset = offsets.get(stop.point?.capture ?? "") ?? 0;
    const at = (time: string | undefined) => {
      const ns = time === undefined ? null : nsBetween(connection.firstSeen, time);
      return ns === null ? null : Number(ns) / 1e9 - offset;
    };
    const { keyPackets, firstRecord, firstSeen } = stop.observation;
    if (!detailed || keyPackets === undefined) {
      if (firstRecord === 0) return [];
      return [
        {
          lane,
          side: null,
          signs: ["first"],
          record: firstRecord,
          seconds: at(firstSeen),
        },
      ];
    }
    return keyPackets.map(({ side, is, record, time }) => ({
      lane,
      side,
      signs: is,
      record,
      seconds: at(time),
    }));
  });
  const start = all.reduce((least, { seconds }) => Math.min(least, seconds ?? least), Infinity);
  return all.map((one) => (one.seconds === null ? one : { ...one, seconds: one.seconds - start }));
}

/** What a sighting is above all: the row that it belongs to. */
function rowKey({ side, signs, lane, record }: Sighting): string {
  if (signs.includes("first")) return `${side} first`;
  if (signs.includes("last")) return `${side} last`;
  return `${side} ${signs[0] ?? `${lane} ${record}`}`;
}

function packetRows(
  connection: ReportConnection,
  lanes: readonly LadderLane[],
  sightings: readonly Sighting[],
): { readonly rows: PacketRow[]; readonly split: boolean } {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = rowKey(sighting);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [sighting]);
    else group.push(sighting);
  }
  const sameFirst = sameFirsts(connection, lanes, sightings);
  let split = false;
  const rows: { row: PacketRow; order: number; timed: boolean }[] = [];
  for (const [key, group] of groups) {
    // Who answers sends from the far end.
    const members = group[0]?.side === "resp" ? group.toReversed() : group;
    const parts = chains(key, members, lanes, sameFirst);
    // What could not be joined may be one packet after all, drawn twice.
    split ||= parts.length > 1;
    for (const part of parts) {
      const [first] = part;
      if (first === undefined) continue;
      const timed = part.some(({ seconds }) => seconds !== null);
      rows.push({
        row: rowOf(part, key, lanes, sameFirst),
        order: orderOf(part, sightings),
        timed,
      });
    }
  }
  rows.sort((a, b) => a.order - b.order || Number(b.timed) - Number(a.timed));
  return { rows: rows.map(({ row }) => row), split };
}

/** Firsts and lasts that are not one packet stand in rows of their own; of what went wrong each place has its own first. */
function chains(
  key: string,
  members: readonly Sighting[],
  lanes: readonly LadderLane[],
  sameFirst: SameFirst,
): Sighting[][] {
  const together = !/ (?:first|last)$/.test(key) || key.startsWith("null");
  const parts: Sighting[][] = [];
  for (const member of members) {
    const before = parts.at(-1)?.at(-1);
    const fits =
      before !== undefined &&
      (together ? before.lane !== member.lane : isSame(key, before, member, lanes, sameFirst));
    if (fits) parts.at(-1)?.push(member);
    else parts.push([member]);
  }
  return parts;
}

/** Whether a direction's first packet at one lane is its first packet at another one. */
type SameFirst = (laneA: number, laneB: number, side: "orig" | "resp") => boolean;

/**
 * The report has a delay between two firsts when they are one packet; it has none inside tunnels. There a handshake packet
 * tells it too, unless some were sent again.
 */
function sameFirsts(
  connection: ReportConnection,
  lanes: readonly LadderLane[],
  sightings: readonly Sighting[],
): SameFirst {
  const handshakes = new Set(
    sightings
      .filter(({ signs }) => signs.includes("first"))
      .filter(({ signs }) => signs.includes("syn") || signs.includes("syn-ack"))
      .map(({ lane, side }) => `${lane} ${side}`),
  );
  return (laneA, laneB, side) => {
    const x = lanes[Math.min(laneA, laneB)]?.stop;
    const y = lanes[Math.max(laneA, laneB)]?.stop;
    if (x?.kind !== "seen" || y?.kind !== "seen" || Math.abs(laneA - laneB) !== 1) return false;
    if (hopBetween(connection, x, y)?.delaySeconds?.[side] !== undefined) return true;
    const again = connection.tcp?.retransmissions?.[side] ?? 0;
    return again === 0 && handshakes.has(`${laneA} ${side}`) && handshakes.has(`${laneB} ${side}`);
  };
}

/** Last packets are the same where both places saw as many packets of that direction, whose first was the same. */
function isSame(
  key: string,
  a: Sighting,
  b: Sighting,
  lanes: readonly LadderLane[],
  sameFirst: SameFirst,
): boolean {
  const [x, y] = [lanes[a.lane]?.stop, lanes[b.lane]?.stop];
  if (x?.kind !== "seen" || y?.kind !== "seen" || a.side === null) return false;
  if (!sameFirst(a.lane, b.lane, a.side)) return false;
  if (key.endsWith("first")) return true;
  return x.observation.records[a.side] === y.observation.records[a.side];
}

function rowOf(
  part: readonly Sighting[],
  key: string,
  lanes: readonly LadderLane[],
  sameFirst: SameFirst,
): PacketRow {
  const ends = /(first|last)$/.test(key);
  return {
    kind: "packet",
    side: part[0]?.side ?? null,
    signs: [...new Set(part.flatMap(({ signs }) => signs))],
    marks: part.map(({ lane, record, seconds }) => ({ lane, record, seconds })),
    joined: part.slice(1).map((one, i) => {
      const before = part[i];
      return ends && before !== undefined && isSame(key, before, one, lanes, sameFirst);
    }),
  };
}

/** Its first time; without one, that of the last packet before it at the same place. */
function orderOf(part: readonly Sighting[], sightings: readonly Sighting[]): number {
  const times = part.flatMap(({ seconds }) => seconds ?? []);
  if (times.length > 0) return Math.min(...times);
  const before = part.flatMap(({ lane, record }) =>
    sightings
      .filter((one) => one.lane === lane && one.record < record)
      .flatMap(({ seconds }) => seconds ?? []),
  );
  return before.length === 0 ? 0 : Math.max(...before);
}

/** What is not drawn lies between the first and the last packets. */
function withGaps(
  { packets }: ReportConnection,
  rows: readonly PacketRow[],
  atLeast: boolean,
): (PacketRow | GapRow)[] {
  const drawn = (side: "orig" | "resp") => rows.filter((row) => row.side === side).length;
  const unknown = rows.filter((row) => row.side === null).length;
  const left = {
    orig: Math.max(0, packets.orig - drawn("orig") - unknown),
    resp: Math.max(0, packets.resp - drawn("resp")),
  };
  const ending = rows.findIndex(({ signs }) => signs.includes("last") && !signs.includes("first"));
  const at = left.orig + left.resp === 0 ? -1 : ending < 0 ? rows.length : ending;
  const result: (PacketRow | GapRow)[] = [];
  for (let i = 0; i <= rows.length; i++) {
    const row = rows[i];
    const pause = pauseBetween(rows[i - 1], row);
    if (i === at) result.push({ kind: "gap", packets: left, atLeast, seconds: pause });
    else if (pause !== null) {
      result.push({ kind: "gap", packets: { orig: 0, resp: 0 }, atLeast: false, seconds: pause });
    }
    if (row !== undefined) result.push(row);
  }
  return result;
}

function pauseBetween(a: PacketRow | undefined, b: PacketRow | undefined): number | null {
  if (a === undefined || b === undefined) return null;
  const last = Math.max(...a.marks.map(({ seconds }) => seconds ?? Number.NEGATIVE_INFINITY));
  const next = Math.min(...b.marks.map(({ seconds }) => seconds ?? Infinity));
  const pause = next - last;
  return Number.isFinite(pause) && pause >= PAUSE_SECONDS ? pause : null;
}
