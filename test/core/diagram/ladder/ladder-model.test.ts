import { describe, expect, it } from "vitest";
import {
  buildLadderModel,
  type GapRow,
  type PacketRow,
} from "../../../../src/core/diagram/ladder/ladder-model.ts";
import { gapText, rowText } from "../../../../src/core/diagram/ladder/ladder-text.ts";
import type {
  Report,
  ReportConnection,
  ReportKeyPacket,
  ReportObservation,
} from "../../../../src/core/report/report.ts";
import { connectionOf, partyOf, podParty, reportOf } from "../../../support/report.ts";

const POD = podParty("web", "10.0.0.20", "n1");
const OUTSIDE = partyOf("external", "203.0.113.9");

function at(ms: number): string {
  return `2026-11-20T09:00:0${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}000000Z`;
}

function packet(
  side: "orig" | "resp",
  record: number,
  ms: number | null,
  ...is: ReportKeyPacket["is"]
): ReportKeyPacket {
  return { side, record, is, ...(ms === null ? {} : { time: at(ms) }) };
}

function seenAt(
  place: string,
  records: { orig: number; resp: number },
  keyPackets?: readonly ReportKeyPacket[],
): ReportObservation {
  return {
    vantagePoint: place,
    orig: { address: "10.0.0.20", port: 443 },
    resp: { address: "203.0.113.9", port: 443 },
    records,
    bytes: { orig: 0, resp: 0 },
    firstRecord: 1,
    firstSeen: at(0),
    lastSeen: at(0),
    ...(keyPackets === undefined ? {} : { keyPackets: [...keyPackets] }),
  };
}

interface Made {
  readonly report: Report;
  readonly connection: ReportConnection;
}

function made(more: Partial<ReportConnection>, offsetOfSecond = 0): Made {
  const connection = connectionOf("conn-1", "direct-egress", POD, OUTSIDE, {
    firstSeen: at(0),
    ...more,
  });
  const report = reportOf({ connections: [connection] });
  const place = (id: string, capture: string, pod?: string) => ({
    id,
    capture,
    node: "n1",
    interface: id,
    kind: "node-eni",
    because: "",
    ...(pod === undefined ? {} : { pod }),
  });
  const capture = (id: string, seconds: number) => ({
    id,
    file: `dir/${id}.pcap`,
    format: "pcap",
    linkTypes: [],
    records: 9,
    bytes: 9,
    capturedBytes: 9,
    firstSeen: null,
    lastSeen: null,
    snaplen: 0,
    diagnostics: [],
    ...(seconds === 0
      ? {}
      : { clockOffset: { reference: "c1", seconds, uncertaintySeconds: 0, connections: 1 } }),
  });
  return {
    connection,
    report: {
      ...report,
      vantagePoints: [place("eni1", "c1", "default/web"), place("eth0", "c2")],
      captures: [capture("c1", 0), capture("c2", offsetOfSecond)],
    },
  };
}

function rowsOf({ report, connection }: Made): (PacketRow | GapRow)[] {
  return [...buildLadderModel(report, connection).rows];
}

function told(one: Made): string[] {
  return rowsOf(one).map((row) =>
    row.kind === "gap"
      ? gapText(row)
      : `${rowText(row, one.connection)}: ${row.marks
          .map(
            ({ lane, record }, i) =>
              `${i > 0 ? (row.joined[i - 1] ? "=" : "|") : ""}${lane}#${record}`,
          )
          .join("")}`,
  );
}

const HOPS = [{ from: "eni1", to: "eth0", delaySeconds: { orig: 0.001, resp: 0.001 } }];

describe("the rows of a ladder", () => {
  it("join what the report says is one packet, in the order in which it passed", () => {
    const one = made({
      hops: HOPS,
      packets: { orig: 5, resp: 3 },
      observations: [
        seenAt("eni1", { orig: 5, resp: 3 }, [
          packet("orig", 1, 0, "first", "syn"),
          packet("resp", 2, 9, "first", "syn-ack"),
          packet("resp", 7, 30, "last"),
          packet("orig", 8, 40, "last"),
        ]),
        seenAt("eth0", { orig: 5, resp: 2 }, [
          packet("orig", 3, 1, "first", "syn"),
          packet("resp", 4, 8, "first", "syn-ack"),
          packet("resp", 6, 28, "last"),
          packet("orig", 9, 41, "last"),
        ]),
      ],
    });
    expect(told(one)).toEqual([
      "SYN: 0#1=1#3",
      "SYN-ACK: 1#4=0#2",
      // The two places did not see as many answers, so that their last ones may be different packets.
      "at least 3 packets not drawn: 3 out",
      "last packet back: 1#6",
      "last packet back: 0#7",
      "last packet out: 0#8=1#9",
    ]);
  });

  it("take the other host's clock into account", () => {
    const observations = [
      seenAt("eni1", { orig: 1, resp: 1 }, [
        packet("orig", 1, 100, "first", "last"),
        packet("resp", 2, 120, "first", "last"),
      ]),
      seenAt("eth0", { orig: 1, resp: 1 }, [
        packet("orig", 1, 1105, "first", "last"),
        packet("resp", 2, 1115, "first", "last"),
      ]),
    ];
    const one = made({ hops: HOPS, packets: { orig: 1, resp: 1 }, observations }, 1);
    expect(told(one)).toEqual(["only packet out: 0#1=1#1", "only packet back: 1#2=0#2"]);
    const [row] = rowsOf(one);
    const [, second] = row?.kind === "packet" ? row.marks : [];
    expect(second?.seconds).toBeCloseTo(0.005, 9);
  });

  it("stand where their records put them when they have no time, each place for itself", () => {
    const one = made({
      hops: HOPS,
      packets: { orig: 4, resp: 0 },
      tcp: { state: "syn-sent", retransmissions: { orig: 3, resp: 0 } },
      observations: [
        seenAt("eni1", { orig: 4, resp: 0 }, [
          packet("orig", 1, 0, "first", "syn"),
          packet("orig", 5, null, "retransmission"),
          packet("orig", 9, 900, "last"),
        ]),
        seenAt("eth0", { orig: 4, resp: 0 }, [
          packet("orig", 2, 1, "first", "syn"),
          packet("orig", 6, null, "retransmission"),
          packet("orig", 8, 901, "last"),
        ]),
      ],
    });
    expect(told(one)).toEqual([
      "SYN: 0#1=1#2",
      "retransmission, 1st of 3: 0#5|1#6",
      "1 packet not drawn: 1 out",
      "last packet out: 0#9=1#8",
    ]);
  });

  it("say that time passes", () => {
    const one = made({
      packets: { orig: 2, resp: 0 },
      observations: [
        seenAt("eni1", { orig: 2, resp: 0 }, [
          packet("orig", 1, 0, "first"),
          packet("orig", 2, 2000, "last"),
        ]),
      ],
    });
    expect(told(one)[1]).toBe("2.0 s without a packet that is drawn");
  });

  it("are the first records only, without a direction, when the report lists no packets", () => {
    const one = made({
      hops: HOPS,
      packets: { orig: 3, resp: 2 },
      observations: [seenAt("eni1", { orig: 3, resp: 2 }), seenAt("eth0", { orig: 3, resp: 2 })],
    });
    const { rows, detailed } = buildLadderModel(one.report, one.connection);
    expect(detailed).toBe(false);
    expect(rows[0]).toMatchObject({ side: null, joined: [false] });
  });
});

it("a lane for each place, and for an end whose own interface was not captured", () => {
  const one = made({
    observations: [seenAt("eni1", { orig: 1, resp: 1 }), seenAt("eth0", { orig: 1, resp: 1 })],
  });
  const { lanes } = buildLadderModel(one.report, one.connection);
  expect(lanes.map(({ stop }) => stop.id)).toEqual(["seen 0", "seen 1", "resp"]);
});
