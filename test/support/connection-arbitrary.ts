/** Connections of any shape: places, tunnels, rewrites, delays, packets, with and without what tells about them. */
import fc from "fast-check";
import type {
  Report,
  ReportConnection,
  ReportKeyPacket,
  ReportObservation,
} from "../../src/core/report/report.ts";
import { connectionOf, findingOf, nodeParty, partyOf, podParty, reportOf } from "./report.ts";

const CLASSES = ["pod-to-pod-direct", "snat-egress", "pod-to-pod-nat", "unclassified"] as const;
const SIGNS = [
  "first",
  "syn",
  "syn-ack",
  "retransmission",
  "zero-window",
  "reset",
  "last",
] as const;

export interface AnyConnection {
  readonly report: Report;
  readonly connection: ReportConnection;
}

const small = (max: number) => fc.integer({ min: 0, max });

function timeAfter(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const clock = new Date(Date.UTC(2026, 10, 20, 9, 0, seconds)).toISOString().slice(0, 19);
  return `${clock}.${String(ns % 1e9).padStart(9, "0")}Z`;
}

const address = fc.oneof(
  small(254).map((n) => `10.0.${n % 7}.${n}`),
  small(9).map((n) => `2001:db8:ffff:ffff:ffff:ffff:ffff:${n}`),
);
const endpoint = fc.record({ address, port: fc.option(small(65_535)) });
const tuple = fc.record({ orig: endpoint, resp: endpoint });
const name = fc.constantFrom("web-1", "결제-서버-6c8f9d7b54-b7vnp", "x".repeat(90), "a b\u0000<&>");

const party = fc.oneof(
  fc.tuple(name, address, small(2)).map(([who, at, n]) => podParty(who, at, `node-${n}.internal`)),
  fc.tuple(address, small(2)).map(([at, n]) => nodeParty(`node-${n}.internal`, at)),
  fc
    .tuple(fc.constantFrom("external", "peer", "unknown"), address)
    .map(([kind, at]) => partyOf(kind, at)),
);

const keyPacket: fc.Arbitrary<ReportKeyPacket> = fc
  .record({
    side: fc.constantFrom("orig", "resp"),
    record: fc.integer({ min: 1, max: 9_999_999 }),
    is: fc.subarray([...SIGNS], { minLength: 1 }),
    ns: fc.option(small(2e9)),
  })
  .map(({ ns, ...rest }) => ({ ...rest, ...(ns === null ? {} : { time: timeAfter(ns) }) }));

const place = fc.record({
  node: small(2),
  interface: fc.constantFrom("eth0", "eth1", "eni98b507761f8"),
  known: fc.boolean(),
  pod: fc.option(name),
  tuple,
  tunnel: fc.option(fc.constantFrom("vxlan", "geneve")),
  records: fc.record({ orig: small(9_999), resp: small(9_999) }),
  ns: small(2e9),
  packets: fc.option(fc.array(keyPacket, { maxLength: 8 })),
});

const step = fc.record({
  kind: fc.constantFrom("snat", "dnat", "both"),
  node: fc.option(small(2)),
  before: tuple,
  after: fc.option(tuple),
  rule: fc.option(
    fc.constantFrom("-A X -j SNAT", `-A ${"LONG-CHAIN ".repeat(60)}`, "y".repeat(400)),
  ),
  proven: fc.boolean(),
});

export const anyConnection: fc.Arbitrary<AnyConnection> = fc
  .record({
    class: fc.constantFrom(...CLASSES),
    orig: party,
    resp: party,
    protocol: fc.constantFrom("tcp", "udp", "icmp", "ip50"),
    places: fc.array(place, { maxLength: 14 }),
    steps: fc.array(step, { maxLength: 4 }),
    delays: fc.array(
      fc.record({ orig: fc.option(small(1e9)), resp: fc.option(small(1e9)), lost: small(3) }),
      { maxLength: 14 },
    ),
    found: small(3),
    packets: fc.record({ orig: small(99_999), resp: small(99_999) }),
  })
  .map((made) => {
    const vantagePoints = made.places.map(({ node, known, pod, ...rest }, i) => ({
      id: known ? `node-${node}.internal/${rest.interface}${i}` : `dir/file-${i}.pcap#0`,
      capture: `c${i}`,
      kind: pod === null ? "node-eni" : "pod-veth",
      because: "made up",
      ...(known ? { node: `node-${node}.internal`, interface: rest.interface } : {}),
      ...(pod === null ? {} : { pod: `default/${pod}` }),
    }));
    const observations = made.places.map(
      (one, i): ReportObservation => ({
        vantagePoint: vantagePoints[i]?.id ?? "",
        ...one.tuple,
        records: one.records,
        bytes: one.records,
        firstRecord: one.ns % 1000,
        firstSeen: timeAfter(one.ns),
        lastSeen: timeAfter(one.ns + 1000),
        ...(one.tunnel === null ? {} : { encapsulation: { kind: one.tunnel, vni: 1, depth: 1 } }),
        ...(one.packets === null ? {} : { keyPackets: one.packets }),
      }),
    );
    const connection = connectionOf("conn-1", made.class, made.orig, made.resp, {
      protocol: made.protocol,
      observations,
      packets: made.packets,
      nat: made.steps.map(({ node, after, rule, proven, ...rest }, i) => ({
        ...rest,
        after: after ?? made.places[i]?.tuple ?? rest.before,
        matchedBy: "tcp-isn",
        confidence: proven ? ("proven" as const) : ("inferred" as const),
        ...(node === null ? {} : { node: `node-${node}.internal` }),
        ...(rule === null ? {} : { rule: { text: rule, file: "a/b.txt", line: 7 } }),
      })),
      hops: made.delays.flatMap(({ orig, resp, lost }, i) => {
        const [from, to] = [vantagePoints[i]?.id, vantagePoints[i + 1]?.id];
        if (from === undefined || to === undefined) return [];
        const delaySeconds = {
          ...(orig === null ? {} : { orig: orig / 1e9 }),
          ...(resp === null ? {} : { resp: resp / 1e9 }),
        };
        return [
          { from, to, delaySeconds, lost: { orig: lost, resp: 0, unit: "records" as const } },
        ];
      }),
    });
    const findings = Array.from({ length: made.found }, (_, i) =>
      findingOf(`f${i}`, "tcp-reset", i === 0 ? "error" : "note", ["conn-1"]),
    );
    const report = { ...reportOf({ connections: [connection], findings }), vantagePoints };
    return { report, connection: report.connections.at(0) ?? connection };
  });
