/** The words of the ladder. */
import type { ReportConnection } from "../../report/report.ts";
import { endpointText, partyName } from "../endpoint-text.ts";
import { connectionSummary, numberedPlace, placeName } from "../path/path-text.ts";
import { count, grouped, secondsText } from "../quantity-text.ts";
import { bounded, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { GapRow, LadderLane, LadderModel, PacketRow, Sign } from "./ladder-model.ts";

export interface LaneText {
  readonly name: SafeText;
  readonly detail: SafeText;
  readonly orig: SafeText;
  readonly resp: SafeText;
}

export function laneText({ stop }: LadderLane, protocol: string): LaneText {
  switch (stop.kind) {
    case "end":
      return {
        name: xmlSafe(partyName(stop.party)),
        detail: xmlSafe("not captured"),
        orig: xmlSafe(endpointText(protocol, stop.party)),
        resp: xmlSafe(""),
      };
    case "seen": {
      const { observation, node } = stop;
      const tunnel = observation.encapsulation;
      const inside = tunnel === undefined ? "" : ` · ${tunnel.kind}`;
      return {
        name: xmlSafe(numberedPlace(stop)),
        detail: xmlSafe(`${(node ?? "").replace(/(?<=.)\..*$/s, "")}${inside}`),
        orig: xmlSafe(endpointText(protocol, observation.orig)),
        resp: xmlSafe(`→ ${endpointText(protocol, observation.resp)}`),
      };
    }
    case "folded":
      return {
        name: xmlSafe(`${stop.places} more`),
        detail: xmlSafe("not drawn"),
        orig: xmlSafe(""),
        resp: xmlSafe(""),
      };
  }
}

const SIGNS: Readonly<Partial<Record<Sign, string>>> = {
  first: "first packet",
  syn: "SYN",
  "syn-ack": "SYN-ACK",
  retransmission: "retransmission",
  "zero-window": "zero window",
  reset: "RST",
  last: "last packet",
};

/** Signs that something went wrong. */
const FAULTS: ReadonlySet<Sign> = new Set(["retransmission", "zero-window", "reset"]);

export function isFault({ signs }: PacketRow): boolean {
  return signs.some((sign) => FAULTS.has(sign));
}

function wayText(side: PacketRow["side"]): string {
  return side === null ? "" : side === "orig" ? " out" : " back";
}

/** "SYN", "RST; last packet back", "retransmission, 1st of 3". */
export function rowText({ side, signs }: PacketRow, { tcp }: ReportConnection): SafeText {
  const handshake = signs.includes("syn") || signs.includes("syn-ack");
  const only = signs.includes("first") && signs.includes("last");
  const words = signs
    .filter((sign) => sign !== "first" || !(handshake || only))
    .map((sign) => {
      if (only && sign === "last") return `only packet${wayText(side)}`;
      const all = side === null ? undefined : totals(tcp, sign)?.[side];
      const way = sign === "first" || sign === "last" ? wayText(side) : "";
      return all === undefined || all < 2
        ? `${SIGNS[sign] ?? sign}${way}`
        : `${SIGNS[sign]}, 1st of ${grouped(all)}`;
    });
  return xmlSafe(words.join("; "));
}

function totals(tcp: ReportConnection["tcp"], sign: Sign) {
  if (sign === "retransmission") return tcp?.retransmissions;
  if (sign === "reset") return tcp?.resets;
  return sign === "zero-window" ? tcp?.zeroWindows : undefined;
}

/** "42 packets not drawn: 26 out, 16 back; 12.3 s pass". */
export function gapText({ packets, atLeast, seconds }: GapRow): SafeText {
  const sum = packets.orig + packets.resp;
  const ways = [
    ...(packets.orig > 0 ? [`${grouped(packets.orig)} out`] : []),
    ...(packets.resp > 0 ? [`${grouped(packets.resp)} back`] : []),
  ].join(", ");
  const parts = [
    ...(sum === 0
      ? []
      : [`${atLeast ? "at least " : ""}${count(sum, "packet")} not drawn: ${ways}`]),
    ...(seconds === null
      ? []
      : [`${secondsText(seconds)} ${sum === 0 ? "without a packet that is drawn" : "pass"}`]),
  ];
  return xmlSafe(parts.join("; "));
}

/** Times of one ladder have one unit, so that they can be compared by looking: "1.777 ms". */
export function timeColumn(greatest: number): (seconds: number) => string {
  if (greatest < 0.001) return (seconds) => `${Math.round(seconds * 1e6)} µs`;
  if (greatest < 10) return (seconds) => `${(seconds * 1000).toFixed(3)} ms`;
  return (seconds) => `${seconds.toFixed(3)} s`;
}

export function ladderNotes({ path, rows, detailed }: LadderModel): SafeText[] {
  const sentences = [
    "Rows are packets in the order of time, not to scale; numbers at the lanes are records of the captures, times below them how long the hop took.",
  ];
  if (!detailed) {
    sentences.push(
      "This report lists no packets, only the first record of each place: analyse the captures with --key-packets for more.",
    );
  } else if (rows.some((row) => row.kind === "packet" && row.joined.includes(true))) {
    sentences.push(
      "Joined lines are one packet: the first ones by sequence number or identification, the last ones because both places saw as many.",
    );
  }
  if (
    rows.some((row) => row.kind === "packet" && row.marks.some(({ seconds }) => seconds === null))
  ) {
    sentences.push("Rows without a time stand where their record numbers put them.");
  }
  if (path.links.some(({ seen }) => !seen)) {
    sentences.push("Dashed: not captured.");
  }
  const { wouldDecide } = path.connection;
  if (wouldDecide !== undefined) sentences.push(`Not proven; what would decide: ${wouldDecide}.`);
  if (path.files.length > 0) sentences.push(`Seen in ${path.files.join(", ")}.`);
  return sentences.map((sentence) => bounded(xmlSafe(sentence)));
}

/** The rows in words, for those who cannot see them. */
export function ladderDescription(model: LadderModel): SafeText {
  const { connection } = model.path;
  const rows = model.rows.map((row) => {
    if (row.kind === "gap") return gapText(row);
    const records = row.marks.map(({ lane, record }) => {
      const stop = model.lanes[lane]?.stop;
      return `${stop?.kind === "seen" ? placeName(stop) : ""} record ${record}`;
    });
    return `${rowText(row, connection)}: ${records.join(", ")}`;
  });
  return safeLines([connectionSummary(connection), `${rows.join("; ")}.`]);
}
