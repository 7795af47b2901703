// The report is what other programs read: its shape is held against the published schema, its order against the promise.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Owner } from "../../../src/core/cluster/owner.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { reportJsonSchema } from "../../../src/core/report/report-json-schema.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { captureResult, tcpSummary } from "../../support/analysis-parts.ts";
import { parsedReport } from "../../support/parsed-report.ts";

const validate = new Ajv2020({ allErrors: true }).compile(reportJsonSchema());
const report = buildReport(richAnalysis(), META);
const connection = (id: string) => [...report.connections].find((entry) => entry.id === id);

describe("buildReport", () => {
  it("makes a report that the published schema accepts", () => {
    expect(validate(parsedReport(report)), JSON.stringify(validate.errors, null, 2)).toBe(true);
  });

  it("is refused by the schema when a field is missing or unknown", () => {
    expect(validate({ ...parsedReport(report), schema: "podpath.report/2" })).toBe(false);
    expect(validate({ ...parsedReport(report), extra: 1 })).toBe(false);
    const { accounting: _, ...without } = parsedReport(report);
    expect(validate(without)).toBe(false);
  });

  it("orders connections by first packet and findings worst first", () => {
    expect([...report.connections].map(({ id }) => id)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `conn-${n}`),
    );
    expect(report.findings.map(({ id, level, rule }) => [id, level, rule])).toEqual([
      ["f1", "error", "overlay-encapsulation"],
      ["f2", "warning", "double-nat"],
      ["f3", "note", "client-ip-lost"],
    ]);
  });

  it("says by sender what TCP sent again and reset, and nothing where there was none", () => {
    const analysis = richAnalysis();
    const counts = { ...tcpSummary("reset"), resets: { orig: 0, resp: 1 } };
    const withReset = {
      ...analysis,
      classified: analysis.classified.map((one, index) =>
        index === 0
          ? {
              ...one,
              subject: {
                ...one.subject,
                connection: {
                  ...one.subject.connection,
                  tcp: { ...counts, retransmissions: { orig: 2, resp: 0 } },
                },
              },
            }
          : one,
      ),
    };
    const made = buildReport(withReset, META);
    expect(validate(parsedReport(made)), JSON.stringify(validate.errors, null, 2)).toBe(true);
    expect(made.connections.at(0)?.tcp).toEqual({
      state: "reset",
      origIsn: 1000,
      respIsn: 2000,
      retransmissions: { orig: 2, resp: 0 },
      resets: { orig: 0, resp: 1 },
    });
    expect(connection("conn-1")?.tcp).toEqual({ state: "closed", origIsn: 1000, respIsn: 2000 });
  });

  it("names by DNS answers what the snapshot does not name, and no loopback or multicast address", () => {
    const analysis = richAnalysis();
    const [first, ...others] = analysis.classified;
    if (first === undefined) throw new Error("no connection");
    const { address } = first.subject.connection.legs.at(-1)?.resp ?? { address: "" };
    const namesOf = (resp: Owner) =>
      buildReport(
        {
          ...analysis,
          classified: [{ ...first, subject: { ...first.subject, resp } }, ...others],
          dnsNames: new Map([[address, ["a.example", "b.example"]]]),
        },
        META,
      ).connections.at(0)?.resp.dnsNames;
    expect(namesOf({ kind: "external" })).toEqual(["a.example", "b.example"]);
    expect(namesOf({ kind: "vpc" })).toEqual(["a.example", "b.example"]);
    expect(namesOf({ kind: "pod", namespace: "default", name: "web" })).toBeUndefined();
    expect(namesOf({ kind: "loopback" })).toBeUndefined();
    expect(namesOf({ kind: "special" })).toBeUndefined();
  });

  it("shows bytes over time of connections with 1 MB and more", () => {
    const analysis = richAnalysis();
    const [first, ...others] = analysis.classified;
    if (first === undefined) throw new Error("no connection");
    const point = analysis.vantagePoints[0];
    if (point === undefined) throw new Error("no vantage point");
    const made = (orig: number) => {
      const connection = {
        ...first.subject.connection,
        bytes: { orig, resp: 0 },
        throughput: {
          vantagePoint: point,
          startNs: 1_795_136_523_000_000_001n,
          bucketNs: 16_000_000n,
          orig: [orig, 0],
          resp: [0, 0],
        },
      };
      const one = { ...first, subject: { ...first.subject, connection } };
      return buildReport({ ...analysis, classified: [one, ...others] }, META);
    };
    expect(made(999_999).connections.at(0)).not.toHaveProperty("throughput");
    const report = made(1_000_000);
    expect(validate(parsedReport(report)), JSON.stringify(validate.errors, null, 2)).toBe(true);
    expect(report.connections.at(0)?.throughput).toEqual({
      vantagePoint: "n1/eni7b0c31aa112",
      start: "2026-11-20T01:02:03.000000001Z",
      bucketSeconds: 0.016,
      orig: [1_000_000, 0],
      resp: [0, 0],
    });
  });

  it("believes X-Forwarded-For of a load balancer that ends its clients' connections, and of nobody else", () => {
    const analysis = richAnalysis();
    const made = (orig: Owner) => {
      const classified = analysis.classified.map((one) => {
        const { connection } = one.subject;
        if (connection.index !== 2) return one;
        const httpRequest = {
          forwardedFor: { address: "203.0.113.77", port: null },
          isHealthCheck: false,
          capture: 2,
          record: 64,
        };
        const asked = { ...connection, proxyHeader: null, httpRequest };
        return { ...one, subject: { ...one.subject, orig, connection: asked } };
      });
      const report = buildReport({ ...analysis, classified }, META);
      expect(validate(parsedReport(report)), JSON.stringify(validate.errors, null, 2)).toBe(true);
      return report.connections.at(2);
    };
    const alb = made({ kind: "load-balancer", name: "alb", loadBalancerType: "application" });
    expect(alb).toMatchObject({
      client: { address: "203.0.113.77", port: null },
      clientFrom: "x-forwarded-for",
    });
    expect(alb?.evidence.at(-1)).toEqual({
      statement:
        "X-Forwarded-For of the first request names 203.0.113.77 as the client; " +
        "further requests on this connection may be of others.",
      packets: [{ capture: "c3", record: 64 }],
      snapshot: [],
    });
    expect(
      made({ kind: "load-balancer", name: "nlb", loadBalancerType: "network" }),
    ).not.toHaveProperty("client");
    expect(made({ kind: "external" })).not.toHaveProperty("client");
    expect(report.connections.at(2)?.clientFrom).toBe("proxy-protocol");
  });

  it("leaves out of a spread what nobody knows, and the whole where nothing was met", () => {
    const [balancer, service] = report.distribution ?? [];
    expect(balancer?.neverReached).toEqual([
      {
        address: "192.168.1.145",
        port: 8080,
        name: "default/web-6d4cf56db6-x2x7q",
        node: "ip-192-168-1-5.ec2.internal",
        watched: true,
      },
      { address: "192.168.9.9", port: 8080, state: "draining", watched: false },
      { port: 30080, instanceId: "i-0abc", watched: false },
    ]);
    expect(service).toMatchObject({ targets: [], unresolved: 2 });
    expect(buildReport({ ...richAnalysis(), spreads: [] }, META)).not.toHaveProperty(
      "distribution",
    );
  });

  it("ties findings and connections together in both directions", () => {
    expect([...(report.findings[0]?.connections ?? [])]).toEqual(["conn-4", "conn-5"]);
    expect(connection("conn-4")?.findings).toEqual(["f1"]);
    expect(connection("conn-1")?.findings).toEqual([]);
  });

  it("names candidates, the class itself first, whenever a verdict is not proven", () => {
    expect(connection("conn-7")?.candidates).toEqual(["snat-egress", "node-egress"]);
    expect(connection("conn-6")?.candidates).toEqual(["node-egress", "external"]);
    expect(connection("conn-8")?.candidates).toEqual(["pod-to-pod-nat"]);
    expect(connection("conn-1")).not.toHaveProperty("candidates");
  });

  it("shows no port as null on the connection and as 0 where it was observed", () => {
    const gre = connection("conn-6");
    expect([gre?.orig.port, gre?.resp.port, gre?.dialled.port]).toEqual([null, null, null]);
    expect(gre?.observations[0]?.orig).toEqual({ address: "192.168.1.5", port: 0 });
  });

  it("keeps what was dialled apart from who answered", () => {
    expect(connection("conn-2")?.dialled).toEqual({ address: "10.100.7.20", port: 80 });
    expect(connection("conn-2")?.resp).toMatchObject({ address: "192.168.2.9", name: "api-0" });
  });

  it("proves every rewrite with its packets even where the verdict cites none", () => {
    expect(connection("conn-2")?.evidence.flatMap(({ packets }) => packets)).toEqual([
      { capture: "c1", record: 31 },
      { capture: "c2", record: 40 },
    ]);
    // The verdict of conn-1 cites both packets of its rewrite already.
    expect(connection("conn-1")?.evidence).toHaveLength(4);
  });

  it("says the same sentence about the same packets once", () => {
    const analysis = richAnalysis();
    const classified = analysis.classified.map(({ verdict, ...rest }) => ({
      ...rest,
      verdict: { ...verdict, evidence: [...verdict.evidence, ...verdict.evidence] },
    }));
    const repeated = buildReport({ ...analysis, classified }, META);
    expect(parsedReport(repeated)).toEqual(parsedReport(report));
  });

  it("quotes the iptables rule and the conntrack entry behind a rewrite", () => {
    const [step] = connection("conn-1")?.nat ?? [];
    expect(step?.rule).toMatchObject({ file: "snapshot/n1.iptables", line: 88 });
    expect(step?.rule?.text).toMatch(/^-A AWS-SNAT-CHAIN-0 /);
    expect(step?.conntrack).toMatchObject({ file: "snapshot/n1.conntrack", line: 17 });
    expect(connection("conn-2")?.nat[0]).not.toHaveProperty("rule");
  });

  it("takes the client's address from the PROXY header", () => {
    expect(connection("conn-3")?.client).toEqual({ address: "203.0.113.9", port: 51_544 });
  });

  it("says when an observation began by its first packet of either direction", () => {
    expect(connection("conn-1")?.observations[0]).toMatchObject({
      firstRecord: 3,
      firstSeen: "2026-11-20T01:02:03.000000000Z",
      lastSeen: "2026-11-20T01:02:03.024000000Z",
    });
    const oneWay = connection("conn-5")?.observations[0];
    expect(oneWay?.firstRecord).toBe(101);
    expect(oneWay?.lastSeen).toBe("2026-11-20T01:02:06.020000000Z");
  });

  it("sums records over vantage points and bytes over packets", () => {
    expect(report.summary.classes["service-clusterip"]).toEqual({
      connections: 1,
      records: 33,
      bytes: 814,
    });
    expect(report.summary.findings).toEqual({ error: 1, warning: 1, note: 1 });
  });

  it("says that the accounting balances only when it does", () => {
    expect(report.accounting.balanced).toBe(true);
    const analysis = richAnalysis();
    const wrong = { ...analysis, accounting: { ...analysis.accounting, records: 399 } };
    expect(buildReport(wrong, META).accounting.balanced).toBe(false);
  });

  it("lists an input's diagnostics with its capture as well", () => {
    expect(report.diagnostics).toHaveLength(2);
    expect(report.captures[2]?.diagnostics.map(({ code }) => code)).toEqual([
      "capture.file-truncated",
    ]);
  });

  it("numbers captures past an input that was none, and cites none of its packets", () => {
    const analysis = richAnalysis();
    const [first, ...rest] = analysis.captures;
    const captures = [{ ...captureResult("junk", 0), info: null }, ...rest];
    expect(first).toBeDefined();
    const shifted = buildReport({ ...analysis, captures }, META);
    expect(shifted.captures.map(({ id, file }) => [id, file])).toEqual([
      ["c1", "captures/n1.eth0.pcapng"],
      ["c2", "captures/n2.eth0.pcap"],
    ]);
    expect(shifted.connections.at(0)?.evidence[0]?.packets).toEqual([]);
    expect(shifted.connections.at(0)?.evidence[1]?.packets).toEqual([{ capture: "c1", record: 5 }]);
  });

  it("gives findings the same fingerprint over runs and another one to another identity", () => {
    const [first] = report.findings;
    expect(first?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(buildReport(richAnalysis(), META).findings[0]?.fingerprint).toBe(first?.fingerprint);
    expect(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it("does not depend on the order in which findings were found", () => {
    const analysis = richAnalysis();
    const reversed = { ...analysis, findings: [...analysis.findings].reverse() };
    expect(parsedReport(buildReport(reversed, META))).toEqual(parsedReport(report));
  });
});
