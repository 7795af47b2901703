import { describe, expect, it } from "vitest";
import { clockText, hopLines } from "../../../src/core/render/text-hops.ts";
import { textLayout } from "../../../src/core/render/text-layout.ts";
import { textNames } from "../../../src/core/render/text-names.ts";
import type { Report, ReportConnection } from "../../../src/core/report/report.ts";
import { connectionOf, partyOf, reportOf } from "../../support/report.ts";

const time = "2026-11-20T09:00:00.000000000Z";
const end = { address: "10.0.0.1", port: 1 };
const place = (vantagePoint: string, orig: number, resp: number) => ({
  vantagePoint,
  orig: end,
  resp: end,
  records: { orig, resp },
  bytes: { orig: 1, resp: 1 },
  firstRecord: 1,
  firstSeen: time,
  lastSeen: time,
});

function withHops(hops: NonNullable<ReportConnection["hops"]>): readonly string[] {
  const ends = [partyOf("pod", "10.0.0.1"), partyOf("pod", "10.0.0.2")] as const;
  const tunnelled = { ...place("n1/eth0", 99, 99), encapsulation: { kind: "vxlan", depth: 1 } };
  const observations = [tunnelled, place("n1/eth0", 11, 7), place("n2/eth0", 9, 8)];
  return hopLines(connectionOf("conn-1", "pod-to-pod-direct", ...ends, { hops, observations }));
}
const between = { from: "n1/eth0", to: "n2/eth0" };

describe("a hop", () => {
  it("tells its delays and how sure they are", () => {
    const delaySeconds = { orig: 0.00021, resp: -0.000005 };
    expect(withHops([{ ...between, delaySeconds, uncertaintySeconds: 0.00003 }])).toEqual([
      "n1/eth0 → n2/eth0 210 µs out, -5 µs back ±30 µs",
    ]);
  });
  it("tells what was lost, of what the place nearer to the sender saw outside tunnels", () => {
    const records = { orig: 2, resp: 1, unit: "records" } as const;
    const bytes = { orig: 1448, resp: 0, unit: "payload-bytes" } as const;
    expect(
      withHops([
        { ...between, lost: records },
        { ...between, delaySeconds: { orig: 0.001 }, lost: bytes },
      ]),
    ).toEqual([
      "n1/eth0 → n2/eth0 lost 2 of 11 out, 1 of 8 back",
      "n1/eth0 → n2/eth0 1.00 ms out; lost 1,448 payload bytes out",
    ]);
  });
  it("that tells nothing has no line", () => {
    expect(withHops([between])).toEqual([]);
  });
});

describe("the clocks of captures", () => {
  const capture = (id: string, seconds?: number): Report["captures"][number] => ({
    id,
    file: `${id}.pcap`,
    format: "pcap",
    linkTypes: [],
    records: 1,
    bytes: 1,
    capturedBytes: 1,
    firstSeen: null,
    lastSeen: null,
    snaplen: 0,
    diagnostics: [],
    ...(seconds === undefined
      ? {}
      : {
          clockOffset: { reference: "c1", seconds, uncertaintySeconds: 0.0001, connections: 3 },
        }),
  });
  const clocks = (captures: Report["captures"]): readonly string[] => {
    const report = { ...reportOf({}), captures };
    const layout = textLayout({ color: false, width: 100, wide: false });
    return clockText(report, layout, textNames(report, layout));
  };
  it("are told together where they are one clock, and which way they are off", () => {
    const off = [capture("c2", 0.25), capture("c3", 0.25), capture("c4", -2)];
    expect(clocks([capture("c1"), ...off])).toEqual([
      "c2.pcap, c3.pcap are 250 ms ahead of c1.pcap (±100 µs)",
      "c4.pcap is 2.0 s behind c1.pcap (±100 µs)",
    ]);
  });
  it("are not told when they may be right", () => {
    expect(clocks([capture("c1"), capture("c2", 0.0001)])).toEqual([]);
  });
});
