/** Policies and reports for tests of the gate. */
import { evaluate, type GateSetting } from "../../src/core/policy/evaluate.ts";
import type { GateResult, RuleResult } from "../../src/core/policy/gate-result.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import { readPolicy } from "../../src/core/policy/read-policy.ts";
import type {
  Report,
  ReportConnection,
  ReportObservation,
  ReportVantagePoint,
} from "../../src/core/report/report.ts";
import { connectionOf, podParty, type ReportParts, reportOf } from "./report.ts";

export function policyOf(source: string): Policy {
  const { policy, problems } = readPolicy(source, "policy.yaml");
  if (policy === undefined) throw new Error(JSON.stringify(problems));
  return policy;
}

export function check(
  source: string,
  report: Report,
  setting: Partial<GateSetting> = {},
): GateResult {
  return evaluate(policyOf(source), report, { today: null, failOn: "error", ...setting });
}

/** The only rule of a policy. */
export function checkOne(
  source: string,
  report: Report,
  setting: Partial<GateSetting> = {},
): RuleResult {
  const [rule, ...more] = check(source, report, setting).rules;
  if (rule === undefined || more.length > 0) throw new Error("not one rule");
  return rule;
}

const POINTS: readonly ReportVantagePoint[] = [
  point("n1/eth0", "c1", "n1", "eth0", "node-eni"),
  point("n1/eth1", "c1", "n1", "eth1", "secondary-eni"),
  point("n2/eth0", "c2", "n2", "eth0", "node-eni"),
  {
    ...point("n1/eni1", "c1", "n1", "eni1", "pod-veth"),
    pod: "default/web-6c8f9d7b54-zx2kd",
  },
];

function point(
  id: string,
  capture: string,
  node: string,
  name: string,
  kind: string,
): ReportVantagePoint {
  return { id, capture, node, interface: name, kind, because: "named" };
}

export function captureOf(id: string, more: Partial<Report["captures"][number]> = {}) {
  return {
    id,
    file: `${id}.pcap`,
    format: "pcap",
    linkTypes: ["EN10MB"],
    records: 10,
    bytes: 1_000,
    capturedBytes: 1_000,
    firstSeen: "2026-11-20T09:00:00.000000000Z",
    lastSeen: "2026-11-20T09:00:01.000000000Z",
    snaplen: 262_144,
    diagnostics: [],
    ...more,
  };
}

/** A report whose captures hide nothing: two nodes, their ENIs captured, a snapshot. */
export function wholeReport(
  parts: ReportParts & { readonly points?: readonly ReportVantagePoint[] },
): Report {
  return {
    ...reportOf({
      counts: { nodes: 2, pods: 3 },
      nodes: [{ name: "n1" }, { name: "n2" }],
      ...parts,
    }),
    captures: [captureOf("c1"), captureOf("c2")],
    vantagePoints: [...(parts.points ?? POINTS)],
  };
}

export const WEB = podParty("web-6c8f9d7b54-zx2kd", "10.0.1.11", "n1", {
  workload: "Deployment/web",
  deviceIndex: 0,
});
export const API = podParty("api-5d4f8c7b9-q2w4r", "10.0.2.22", "n2", {
  workload: "Deployment/api",
  port: 8_080,
  deviceIndex: 0,
});

export function seenAt(
  vantagePoint: string,
  connection: Pick<ReportConnection, "orig" | "resp">,
  more: Partial<ReportObservation> = {},
): ReportObservation {
  const { orig, resp } = connection;
  return {
    vantagePoint,
    orig: { address: orig.address, port: orig.port },
    resp: { address: resp.address, port: resp.port },
    records: { orig: 3, resp: 2 },
    bytes: { orig: 300, resp: 200 },
    firstRecord: 4,
    firstSeen: "2026-11-20T09:00:00.000000000Z",
    lastSeen: "2026-11-20T09:00:01.000000000Z",
    ...more,
  };
}

/** web to api between two nodes, seen plain at both ENIs. */
export function webToApi(
  id = "conn-1",
  pathClass = "pod-to-pod-direct",
  more: Partial<ReportConnection> = {},
): ReportConnection {
  return connectionOf(id, pathClass, WEB, API, {
    observations: [
      seenAt("n1/eth0", { orig: WEB, resp: API }),
      seenAt("n2/eth0", { orig: WEB, resp: API }),
    ],
    ...more,
  });
}

/** Its source was rewritten to the node's address. */
export const MASQUERADED = webToApi("conn-1", "pod-to-pod-nat", {
  nat: [
    {
      kind: "snat",
      node: "n1",
      before: {
        orig: { address: "10.0.1.11", port: 443 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      after: {
        orig: { address: "10.0.1.17", port: 443 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      matchedBy: "isn",
      confidence: "proven",
    },
  ],
});
/** Nobody saw the wire between the nodes. */
export const DOUBTFUL = webToApi("conn-1", "pod-to-pod-direct", {
  confidence: "inferred",
  candidates: ["pod-to-pod-direct", "pod-to-pod-overlay"],
  wouldDecide: "a capture of eth0 of n1",
});

/** A whole report of these connections. */
export function of(...connections: readonly ReportConnection[]) {
  return wholeReport({ connections });
}

/** Of the only rule of a policy. */
export function verdictOf(source: string, ...connections: readonly ReportConnection[]) {
  return checkOne(source, of(...connections)).verdict;
}
