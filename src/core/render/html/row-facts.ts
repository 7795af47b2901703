/** What the page's script filters and sorts by: one record for each row of the table of connections. */
import { connectionLegs } from "../../report/connection-legs.ts";
import type { Report, ReportConnection, ReportFinding, ReportParty } from "../../report/report.ts";

export interface RowFacts {
  readonly id: string;
  readonly class: string;
  readonly confidence: string;
  readonly protocol: string;
  /** TCP state; "" for others. */
  readonly state: string;
  readonly orig: EndFacts;
  readonly resp: EndFacts;
  /** On any leg; the same address once. */
  readonly addresses: readonly string[];
  /** On any leg; none of protocols without ports. */
  readonly ports: readonly number[];
  /** With an end on it, rewriting it, or where it was seen. */
  readonly nodes: readonly string[];
  readonly findings: readonly {
    readonly id: string;
    readonly rule: string;
    readonly level: string;
  }[];
  readonly bytes: number;
  readonly places: number;
  /** RFC 3339, UTC; sorts as text. */
  readonly firstSeen: string;
}

export interface EndFacts {
  readonly kind: string;
  readonly namespace: string;
  /** "" when nobody knows. */
  readonly name: string;
  /** 0 where there is none. */
  readonly port: number;
  readonly workload: string;
  readonly dnsNames: readonly string[];
}

/** No filter needs more of a name; Kubernetes allows 253 characters. */
const LONGEST = 300;

export function rowFacts(
  { vantagePoints }: Pick<Report, "vantagePoints">,
  connection: ReportConnection,
  findings: ReadonlyMap<string, ReportFinding>,
): RowFacts {
  const { id, confidence, protocol, tcp, orig, resp, client, nat, observations } = connection;
  const legs = connectionLegs(connection);
  const ends = legs.flatMap((leg) => [leg.orig, leg.resp]);
  const seen = new Set(observations.map(({ vantagePoint }) => vantagePoint));
  const there = vantagePoints.filter((point) => seen.has(point.id));
  return {
    id,
    class: connection.class,
    confidence,
    protocol,
    state: tcp?.state ?? "",
    orig: endFacts(orig),
    resp: endFacts(resp),
    addresses: distinct([orig, resp, ...ends, client].map((end) => end?.address)),
    // An echo's identifier stands where other protocols have ports; nobody who asks for port 53 means it.
    ports: protocol.startsWith("icmp")
      ? []
      : [...new Set([...ends, client].flatMap((end) => end?.port ?? []))].filter(
          (port) => port > 0,
        ),
    nodes: distinct([orig, resp, ...nat, ...there].map(({ node }) => node)),
    findings: connection.findings.flatMap((one) => {
      const finding = findings.get(one);
      return finding === undefined ? [] : [{ id: one, rule: finding.rule, level: finding.level }];
    }),
    bytes: connection.bytes.orig + connection.bytes.resp,
    places: seen.size,
    firstSeen: connection.firstSeen,
  };
}

function endFacts({ kind, namespace, name, port, workload, dnsNames }: ReportParty): EndFacts {
  return {
    kind,
    namespace: cut(namespace ?? ""),
    name: cut(name ?? ""),
    port: port ?? 0,
    workload: cut(workload ?? ""),
    dnsNames: (dnsNames ?? []).map(cut),
  };
}

function cut(value: string): string {
  return value.slice(0, LONGEST);
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.flatMap((value) => (value === undefined ? [] : [cut(value)])))];
}
