/**
 * Goal: two connections are linked as a proxy's only when one front alone fits, and as surely as the evidence is. Method: one
 * case for each kind of evidence, and beside it the nearest case in which the link would be a guess.
 */
import { describe, expect, it } from "vitest";
import { membersOf } from "../../../src/core/classify/members.ts";
import { proxiedLinks } from "../../../src/core/classify/proxied.ts";
import type { Classified, Subject } from "../../../src/core/classify/rule.ts";
import type { Owner } from "../../../src/core/cluster/owner.ts";
import type { Connection } from "../../../src/core/correlate/connection.ts";
import type { VantagePoint } from "../../../src/core/correlate/vantage-point.ts";
import {
  connection,
  direction,
  observation,
  subject,
  tcpSummary,
  vantagePoint,
  verdict,
} from "../../support/analysis-parts.ts";

const PROXY: Owner = { kind: "pod", namespace: "edge", name: "envoy-0", node: "n1" };
const API: Owner = { kind: "pod", namespace: "shop", name: "api-0", node: "n2" };
const CLIENT: Owner = { kind: "external" };
const here = vantagePoint("n1/any", 0, { node: "n1" });
const there = vantagePoint("n2/any", 1, { node: "n2" });

interface Shape {
  readonly from?: string;
  readonly atMs?: number;
  readonly payload?: number;
  readonly at?: VantagePoint;
  readonly proxy?: Owner;
  readonly isn?: number | null;
  readonly fields?: Partial<Connection>;
}

/** 10 packets each way, one a millisecond, the answer one later: open from `atMs` to `atMs + 11`. */
function open(index: number, leg: string, shape: Shape): Connection {
  const { atMs = 0, payload = 400, at = here, isn = 1000 + index, fields = {} } = shape;
  const out = { ...direction(10, index * 100 + 1, atMs), payloadBytes: payload };
  const seen = observation(at, leg, [out, direction(10, index * 100 + 2, atMs + 1)]);
  return connection(index, [leg], [seen], { tcp: tcpSummary("closed", isn), ...fields });
}
function front(index: number, shape: Shape = {}): Subject {
  const leg = `${shape.from ?? "203.0.113.9:51544"} > 10.0.1.5:8080`;
  return subject(open(index, leg, shape), CLIENT, shape.proxy ?? PROXY);
}
function back(index: number, shape: Shape = {}): Subject {
  const leg = `${shape.from ?? "10.0.1.5:40001"} > 10.0.2.6:80`;
  return subject(open(index, leg, { atMs: 5, ...shape }), shape.proxy ?? PROXY, API);
}
const header = (address: string, port: number): Partial<Connection> => ({
  proxyHeader: {
    version: 2,
    command: "PROXY",
    source: { address, port },
    destination: { address: "10.0.1.5", port: 8080 },
    length: 28,
    record: 204,
    capture: 0,
  },
});
const forwarded = (address: string, port: number | null = null): Partial<Connection> => ({
  httpRequest: { forwardedFor: { address, port }, isHealthCheck: false, record: 205, capture: 0 },
});
const classifiedAs = (subjects: readonly Subject[]) => {
  const classified = subjects.map(
    (one): Classified => ({ subject: one, verdict: verdict({ class: "external" }), natRules: [] }),
  );
  return () => membersOf(classified);
};
const links = (...subjects: Subject[]) =>
  proxiedLinks(classifiedAs(subjects)).map((one) => [one.front, one.back, one.confidence]);

describe("a PROXY protocol header", () => {
  const named = back(1, { fields: header("203.0.113.9", 51544) });

  it("that names the front's client proves the link, and cites the header's record", () => {
    expect(links(front(0), named)).toEqual([[0, 1, "proven"]]);
    const [link] = proxiedLinks(classifiedAs([front(0), named]));
    expect(link?.evidence.flatMap(({ packets }) => packets)).toContainEqual({
      capture: 0,
      record: 204,
    });
  });

  it("picks its client's front among several that are open", () => {
    expect(links(front(0, { from: "203.0.113.9:51545" }), named, front(2))).toEqual([
      [2, 1, "proven"],
    ]);
  });

  it("is the only witness where no host saw both, which infers the link", () => {
    expect(links(front(0, { at: there }), named)).toEqual([[0, 1, "inferred"]]);
  });

  it.each([
    ["names another port of the client", [front(0, { from: "203.0.113.9:51545" }), named]],
    ["names a front that had ended", [front(0, { atMs: -20 }), named]],
    ["names a front that began later", [named, front(2, { atMs: 6 })]],
    ["names a client of another pod", [front(0, { proxy: API }), named]],
    ["names two fronts", [front(0), named, front(2, { atMs: 1 })]],
    ["says nothing of a client", [front(0), back(1, { fields: localHeader() })]],
  ])("links nothing when it %s", (_, subjects) => {
    expect(links(...subjects)).toEqual([]);
  });

  it("joins two interfaces of one load balancer", () => {
    const nlb = (eni: string): Owner => ({ kind: "load-balancer", name: "k8s-web", eni });
    const pair = [
      front(0, { proxy: nlb("eni-1") }),
      back(1, { proxy: nlb("eni-2"), fields: header("203.0.113.9", 51544) }),
    ];
    expect(links(...pair)).toEqual([[0, 1, "proven"]]);
  });
});

function localHeader(): Partial<Connection> {
  const { proxyHeader } = header("203.0.113.9", 51544);
  if (proxyHeader == null) throw new Error("no header");
  return { proxyHeader: { ...proxyHeader, command: "LOCAL", source: null } };
}

describe("X-Forwarded-For", () => {
  const named = back(1, { payload: 4000, fields: forwarded("203.0.113.9") });

  it("infers the link to its client's only open front, whatever the sizes", () => {
    expect(links(front(0), named)).toEqual([[0, 1, "inferred"]]);
    expect(links(front(0), named, front(2, { from: "203.0.113.8:51544" }))).toEqual([
      [0, 1, "inferred"],
    ]);
  });

  it("links one front with each connection that was opened for it", () => {
    const second = back(2, { from: "10.0.1.5:40002", fields: forwarded("203.0.113.9") });
    expect(links(front(0), named, second)).toEqual([
      [0, 1, "inferred"],
      [0, 2, "inferred"],
    ]);
  });

  it.each([
    [
      "that client had two connections open",
      [front(0), named, front(2, { from: "203.0.113.9:51545" })],
    ],
    ["it names somebody else", [front(0), back(1, { fields: forwarded("203.0.113.7") })]],
    ["it names another port", [front(0), back(1, { fields: forwarded("203.0.113.9", 51545) })]],
    [
      "its connection began unseen",
      [front(0), back(1, { isn: null, fields: forwarded("203.0.113.9") })],
    ],
    ["the client sent nothing", [front(0, { payload: 0 }), named]],
    ["no host saw both", [front(0, { at: there }), named]],
  ])("links nothing when %s", (_, subjects) => {
    expect(links(...subjects)).toEqual([]);
  });
});

describe("times and sizes alone", () => {
  it("make a link possible when one front was open and as much went out as came in", () => {
    expect(links(front(0), back(1, { payload: 440 }))).toEqual([[0, 1, "possible"]]);
  });

  const ended = { tcp: tcpSummary("closed", 77) };
  const idle = { tcp: tcpSummary("established", 77) };
  it("leave out a front that had ended, and count one whose end was not seen", () => {
    const before = { atMs: -50, from: "203.0.113.8:40000" };
    const backAgain = back(2);
    expect(links(front(0, { ...before, fields: ended }), front(1), backAgain)).toEqual([
      [1, 2, "possible"],
    ]);
    expect(links(front(0, { ...before, fields: idle }), front(1), backAgain)).toEqual([]);
  });

  it.each([
    ["two clients at once", [front(0), front(1, { from: "203.0.113.8:40000" }), back(2)]],
    [
      "two clients at once of other sizes",
      [front(0), front(1, { from: "203.0.113.8:4", payload: 9 }), back(2)],
    ],
    ["two that were opened for one", [front(0), back(1), back(2, { from: "10.0.1.5:40002" })]],
    ["an unrelated connection of the same pod", [front(0), back(1, { payload: 460 })]],
    ["a connection of another pod", [front(0), back(1, { proxy: API })]],
    ["one that began before the answer", [front(0), back(1, { atMs: 0 })]],
    ["one that began after the end", [front(0), back(1, { atMs: 12 })]],
    ["what a pod says to itself, then to another", [{ ...front(0), orig: PROXY }, back(1)]],
    ["what it says to itself while it serves", [front(0), { ...back(1), resp: PROXY }]],
    ["no payload at all", [front(0, { payload: 0 }), back(1, { payload: 0 })]],
    [
      "a node, behind whose address pods may be",
      [front(0, { proxy: nodeOne() }), back(1, { proxy: nodeOne() })],
    ],
    [
      "an address that two pods claim",
      [front(0), back(1, { proxy: { ...PROXY, ambiguousWith: ["edge/envoy-1"] } })],
    ],
    ["two sides of one connection, as one SYN shows", [front(0, { isn: 5 }), back(1, { isn: 5 })]],
    [
      "two sides of one connection, as correlation suspects",
      [front(0), back(1, { fields: { ambiguousWith: [0] } })],
    ],
    [
      "a header that names somebody else",
      [front(0), back(1, { fields: header("203.0.113.7", 1) })],
    ],
  ])("link nothing: %s", (_, subjects) => {
    expect(links(...subjects)).toEqual([]);
  });

  it("link nothing when the second began more than a second later", () => {
    const long = (index: number): Subject => {
      const one = front(index);
      const [seen] = one.connection.observations;
      if (seen === undefined) throw new Error("not seen");
      const lastSeenNs = seen.resp.firstSeenNs + 5_000_000_000n;
      const observations = [{ ...seen, resp: { ...seen.resp, lastSeenNs } }];
      return { ...one, connection: { ...one.connection, observations } };
    };
    expect(links(long(0), back(1, { atMs: 1000 }))).toEqual([[0, 1, "possible"]]);
    expect(links(long(0), back(1, { atMs: 1001 }))).toEqual([]);
  });
});

function nodeOne(): Owner {
  return { kind: "node", name: "n1", node: "n1", primary: true };
}
