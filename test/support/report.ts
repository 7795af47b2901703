/** Reports built by hand: clusters of any size whose traffic is the same on every run. */
import type {
  Report,
  ReportConnection,
  ReportFinding,
  ReportParty,
} from "../../src/core/report/report.ts";

const TIME = "2026-11-20T09:00:00.000000000Z";

export function partyOf(
  kind: string,
  address: string,
  more: Partial<ReportParty> = {},
): ReportParty {
  return { address, port: 443, kind, ...more };
}

export function podParty(
  name: string,
  address: string,
  node: string,
  more: Partial<ReportParty> = {},
): ReportParty {
  return partyOf("pod", address, { namespace: "default", name, node, ...more });
}

export function nodeParty(name: string, address: string): ReportParty {
  return partyOf("node", address, { name, node: name });
}

export function connectionOf(
  id: string,
  pathClass: string,
  orig: ReportParty,
  resp: ReportParty,
  more: Partial<ReportConnection> = {},
): ReportConnection {
  return {
    id,
    class: pathClass,
    confidence: "proven",
    protocol: "tcp",
    orig,
    resp,
    dialled: { address: resp.address, port: resp.port },
    observations: [],
    nat: [],
    firstSeen: TIME,
    lastSeen: TIME,
    packets: { orig: 10, resp: 8 },
    bytes: { orig: 1_000, resp: 90_000 },
    evidence: [],
    findings: [],
    ...more,
  };
}

export function findingOf(
  id: string,
  rule: string,
  level: ReportFinding["level"],
  connections: readonly string[],
  title = `About ${rule}`,
): ReportFinding {
  return {
    id,
    rule,
    level,
    title,
    message: `${title}.`,
    proves: "",
    doesNotProve: "",
    advice: "",
    connections: [...connections],
    evidence: [],
    fingerprint: id,
  };
}

export interface ReportParts {
  readonly cluster?: string;
  readonly vpcCidrs?: readonly string[];
  readonly nodes?: readonly { name: string; address?: string; zone?: string }[];
  readonly connections?: readonly ReportConnection[];
  readonly findings?: readonly ReportFinding[];
  readonly counts?: Partial<Report["snapshot"]["counts"]>;
}

/** A whole report around some connections; each connection's `findings` are filled in from the findings. */
export function reportOf(parts: ReportParts): Report {
  const findings = [...(parts.findings ?? [])];
  const connections = (parts.connections ?? []).map((connection) => ({
    ...connection,
    findings: findings
      .filter((finding) => [...finding.connections].includes(connection.id))
      .map((finding) => finding.id),
  }));
  const counts = { nodes: 0, pods: 0, services: 0, loadBalancers: 0, enis: 0, ...parts.counts };
  return {
    schema: "podpath.report/1",
    tool: { name: "podpath", version: "0.0.0" },
    inputs: [],
    captures: [],
    vantagePoints: [],
    snapshot: {
      ...(parts.cluster === undefined ? {} : { cluster: parts.cluster }),
      cni: { excludeSnatCidrs: [] },
      vpcCidrs: [...(parts.vpcCidrs ?? [])],
      counts,
      ...(parts.nodes === undefined ? {} : { nodes: [...parts.nodes] }),
      sources: [],
      missing: [],
    },
    accounting: { records: 0, inConnections: 0, notClassified: {}, balanced: true },
    summary: { classes: {}, findings: {} },
    connections,
    findings,
    diagnostics: [],
    limits: [],
  };
}

export interface ClusterSize {
  readonly nodes: number;
  readonly pods: number;
  readonly connections: number;
  /** Every n-th connection is part of a finding; 0 = none. */
  readonly findingEvery: number;
  readonly zones?: number;
}

const APPS = [
  "web",
  "api",
  "cart",
  "pay",
  "auth",
  "search",
  "cache",
  "coredns",
  "ingest",
  "worker",
];

/** A cluster with every common kind of traffic. The generator is a fixed one: same size, same report. */
export function clusterReport(size: ClusterSize): Report {
  const random = generator(size.nodes * 7919 + size.pods);
  const zones = size.zones ?? 2;
  const nodes = Array.from({ length: size.nodes }, (_, i) => ({
    name: `ip-10-${Math.floor(i / 250)}-${i % 250}-17.ap-northeast-2.compute.internal`,
    address: `10.${Math.floor(i / 250)}.${i % 250}.17`,
    zone: `ap-northeast-2${"abcdef"[i % zones]}`,
  }));
  const pods = Array.from({ length: size.pods }, (_, i) => {
    const node = nodes[i % size.nodes];
    const app = APPS[Math.floor(i / size.nodes) % APPS.length] ?? "app";
    const onNode = Math.floor(i / size.nodes);
    const host = node?.address.slice(0, -3) ?? "";
    return podParty(
      `${app}-${(7_757_000 + i * 31).toString(16)}-${suffix(i)}`,
      `${host}.${20 + onNode * 3}`,
      node?.name ?? "",
      {
        workload: `Deployment/${app}`,
        deviceIndex: onNode % 5 < 3 ? 0 : 1,
      },
    );
  });
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const connections: ReportConnection[] = [];
  for (let i = 0; i < size.connections; i++) {
    const id = `conn-${i + 1}`;
    const bytes = {
      orig: Math.floor(10 ** (2 + random() * 5)),
      resp: Math.floor(10 ** (2 + random() * 6)),
    };
    const kind = random();
    const pod = pick(pods);
    const other = pick(pods);
    if (kind < 0.5) {
      connections.push(connectionOf(id, "pod-to-pod-direct", pod, other, { bytes }));
    } else if (kind < 0.65) {
      const outside = partyOf("external", `52.94.${i % 200}.7`);
      connections.push(
        connectionOf(id, "snat-egress", pod, outside, {
          bytes,
          confidence: i % 3 === 0 ? "inferred" : "proven",
        }),
      );
    } else if (kind < 0.75) {
      const balancer = partyOf("load-balancer", "10.0.0.250", { name: "k8s-default-web" });
      connections.push(connectionOf(id, "nlb-ip", balancer, pod, { bytes }));
    } else if (kind < 0.8) {
      const balancer = partyOf("load-balancer", "10.0.0.250", { name: "k8s-default-web" });
      connections.push(
        connectionOf(id, "client-to-lb", partyOf("external", "203.0.113.9"), balancer, { bytes }),
      );
    } else if (kind < 0.9) {
      connections.push(connectionOf(id, "service-clusterip", pod, other, { bytes }));
    } else {
      const node = nodes.find(({ name }) => name === pod.node);
      connections.push(
        connectionOf(id, "node-to-pod", nodeParty(node?.name ?? "", node?.address ?? ""), pod, {
          bytes,
        }),
      );
    }
  }
  connections.forEach((connection, i) => {
    Object.assign(connection, timesOf(i));
  });
  const wrong =
    size.findingEvery === 0
      ? []
      : connections
          .filter(({ class: id }) => id === "pod-to-pod-direct")
          .filter((_, i) => i % size.findingEvery === 0);
  wrong.forEach((connection, i) => {
    connection.class = i % 2 === 0 ? "pod-to-pod-overlay" : "pod-to-pod-nat";
  });
  const findings = [
    findingOf(
      "f1",
      "overlay-encapsulation",
      "error",
      wrong.filter((_, i) => i % 2 === 0).map(({ id }) => id),
      "Pod traffic is wrapped in a tunnel",
    ),
    findingOf(
      "f2",
      "unexpected-snat",
      "warning",
      wrong.filter((_, i) => i % 2 === 1).map(({ id }) => id),
      "Source rewritten between pods",
    ),
    findingOf(
      "f3",
      "mid-stream",
      "note",
      connections.slice(0, 5).map(({ id }) => id),
      "No SYN seen",
    ),
  ].filter((finding) => finding.connections.length > 0);
  return reportOf({
    cluster: "myeks",
    vpcCidrs: ["10.0.0.0/16"],
    nodes,
    connections,
    findings,
    counts: { nodes: size.nodes, pods: size.pods + 12, loadBalancers: 1, enis: size.nodes * 2 },
  });
}

export const SMALL: ClusterSize = { nodes: 2, pods: 5, connections: 12, findingEvery: 4 };
export const MEDIUM: ClusterSize = { nodes: 4, pods: 40, connections: 60, findingEvery: 12 };
export const BIG: ClusterSize = {
  nodes: 20,
  pods: 400,
  connections: 2_000,
  findingEvery: 200,
  zones: 3,
};
export const HUGE: ClusterSize = {
  nodes: 200,
  pods: 10_000,
  connections: 20_000,
  findingEvery: 2_000,
  zones: 3,
};

/** Spread over a minute, each for up to three seconds. */
function timesOf(i: number): Pick<ReportConnection, "firstSeen" | "lastSeen"> {
  const start = (i * 7_919) % 57_000;
  const at = (ms: number) => new Date(Date.UTC(2026, 10, 20, 9, 0, 0, ms)).toISOString();
  const time = (ms: number) => at(ms).replace("Z", "000000Z");
  return { firstSeen: time(start), lastSeen: time(start + ((i * 104_729) % 3_000)) };
}

function suffix(i: number): string {
  return ((i * 2_654_435_761) >>> 0).toString(36).padStart(5, "x").slice(-5);
}

/** Park and Miller's minimal standard generator. */
function generator(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** The same values in another order. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = generator(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
