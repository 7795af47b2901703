/**
 * The shape of `podpath.report/1`, once: the TypeScript types (report.ts) and the published JSON Schema
 * (docs/report.schema.json) are both made from it. Loaded only where a schema is asked for, never by an analysis.
 */
import { z } from "zod";
import { evidence } from "./evidence-schema.ts";
import { keyPacket } from "./key-packet-schema.ts";
import { link } from "./link-schema.ts";
import { spread } from "./spread-schema.ts";

const endpoint = z.strictObject({
  address: z.string().describe("IPv4 dotted quad or RFC 5952 IPv6"),
  port: z
    .number()
    .int()
    .nullable()
    .describe(
      "port; ICMP echo: the identifier at both ends; null (connections) or 0 (observations, as conntrack's generic tracker keys them) for protocols without ports",
    ),
});
const tuple = z.strictObject({ orig: endpoint, resp: endpoint });
const perDirection = z.strictObject({ orig: z.number().int(), resp: z.number().int() });
const time = z.string().describe("RFC 3339, UTC, nanoseconds");

export const diagnostic = z.strictObject({
  code: z.string(),
  severity: z.enum(["error", "warning", "note"]),
  message: z.string(),
  count: z.number().int(),
  first: z.strictObject({
    file: z.string(),
    record: z.number().int().optional(),
    offset: z.number().int().optional(),
    line: z.number().int().optional(),
    pointer: z.string().optional(),
  }),
  hint: z.string(),
});

export const input = z.strictObject({
  file: z.string(),
  kind: z.enum(["capture", "snapshot", "unknown"]),
  format: z
    .string()
    .describe("pcap, pcapng, or the kind of the snapshot file; +gzip when compressed"),
  sha256: z
    .string()
    .optional()
    .describe("of the bytes as given; left out of reports that did not ask for it"),
  bytes: z.number().int(),
});

export const capture = z.strictObject({
  id: z.string(),
  file: z.string(),
  format: z.string(),
  linkTypes: z.array(z.string()),
  records: z.number().int(),
  bytes: z.number().int().describe("sum of wire lengths"),
  capturedBytes: z.number().int(),
  firstSeen: time.nullable(),
  lastSeen: time.nullable(),
  clockOffset: z
    .strictObject({
      reference: z.string().describe("id of the capture whose host's clock it is compared with"),
      seconds: z
        .number()
        .describe("this capture's clock minus the reference's; times are given as captured"),
      uncertaintySeconds: z.number(),
      connections: z.number().int().describe("conversations that agree on it"),
    })
    .optional()
    .describe(
      "for captures of other hosts than the reference, where conversations seen at both tell",
    ),
  snaplen: z.number().int().describe("smallest of its interfaces, bytes; 0 = no limit"),
  drops: z
    .array(
      z.strictObject({
        interface: z.number().int(),
        received: z.string().optional(),
        droppedByInterface: z.string().optional(),
        droppedByOs: z.string().optional(),
        droppedBetweenRecords: z
          .string()
          .optional()
          .describe("as the packets themselves say; the same losses as the other two counters"),
      }),
    )
    .optional()
    .describe("as the capturing tool wrote them; 64-bit decimal strings"),
  comments: z
    .array(z.strictObject({ record: z.number().int().optional(), text: z.string() }))
    .optional(),
  diagnostics: z
    .array(diagnostic)
    .describe("those of the report whose first place is in this file"),
});

export const vantagePoint = z.strictObject({
  id: z.string(),
  capture: z.string(),
  node: z.string().optional(),
  interface: z.string().optional(),
  pod: z.string().optional().describe("namespace/name"),
  kind: z.string(),
  because: z.string().describe("how it was identified"),
});

export const snapshot = z.strictObject({
  cluster: z.string().optional(),
  cni: z.strictObject({
    externalSnat: z.boolean().optional(),
    excludeSnatCidrs: z.array(z.string()),
    randomizeSnat: z.string().optional(),
    image: z.string().optional(),
  }),
  vpcCidrs: z.array(z.string()),
  counts: z.strictObject({
    nodes: z.number().int(),
    pods: z.number().int(),
    services: z.number().int(),
    loadBalancers: z.number().int(),
    enis: z.number().int(),
  }),
  nodes: z
    .array(
      z.strictObject({
        name: z.string(),
        address: z.string().optional(),
        zone: z.string().optional(),
      }),
    )
    .optional()
    .describe("primary address and zone of each node, by name; left out when no node is known"),
  pods: z
    .array(
      z.strictObject({
        namespace: z.string(),
        name: z.string(),
        node: z.string().optional(),
        address: z.string().optional(),
        hostNetwork: z.boolean().optional().describe("true, or left out"),
        labels: z
          .record(z.string(), z.string())
          .optional()
          .describe(
            "left out where the snapshot does not tell them (kubectl get pods -o json does)",
          ),
      }),
    )
    .optional()
    .describe(
      "where each pod runs, and its first address; by namespace, then by name; left out when no pod is known",
    ),
  takenAt: z.string().optional(),
  sources: z.array(
    z.strictObject({
      file: z.string(),
      kind: z.string(),
      entries: z.number().int(),
      node: z.string().optional(),
    }),
  ),
  missing: z.array(z.string()).describe("what is not there and would help, in words"),
});

export const party = z.strictObject({
  address: z.string(),
  port: z.number().int().nullable(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  node: z.string().optional(),
  workload: z.string().optional(),
  eni: z.string().optional().describe("id of the ENI that holds the address"),
  deviceIndex: z
    .number()
    .int()
    .optional()
    .describe("device index of that ENI on its node: 0 = eth0"),
  ambiguousWith: z.array(z.string()).optional(),
  hostNetworkPods: z
    .array(z.string())
    .optional()
    .describe("pods that share this node's address: candidates, no packet tells which one it was"),
  dnsNames: z
    .array(z.string())
    .optional()
    .describe("names in captured DNS answers, at most 4, sorted; no ground for a verdict"),
});

export const observation = z.strictObject({
  vantagePoint: z.string(),
  orig: endpoint,
  resp: endpoint,
  records: perDirection,
  bytes: perDirection.describe("wire lengths"),
  firstRecord: z.number().int(),
  firstSeen: time,
  lastSeen: time,
  encapsulation: z
    .strictObject({ kind: z.string(), vni: z.number().int().optional(), depth: z.number().int() })
    .optional(),
  keyPackets: z
    .array(keyPacket)
    .optional()
    .describe("the packets that tell its story, by record; only in reports that were asked for it"),
});

export const natStep = z.strictObject({
  kind: z.enum(["snat", "dnat", "both"]),
  node: z.string().optional(),
  before: tuple,
  after: tuple,
  rule: z
    .strictObject({ text: z.string(), file: z.string(), line: z.number().int().optional() })
    .optional()
    .describe("the iptables rule that explains it"),
  conntrack: z
    .strictObject({ text: z.string(), file: z.string(), line: z.number().int().optional() })
    .optional(),
  matchedBy: z.string(),
  confidence: z.enum(["proven", "inferred"]),
});

const hop = z.strictObject({
  from: z.string().describe("vantage point nearer to the originator"),
  to: z.string(),
  delaySeconds: z
    .strictObject({ orig: z.number().optional(), resp: z.number().optional() })
    .optional()
    .describe("of the first packet of each direction, clocks corrected; left out when not known"),
  uncertaintySeconds: z.number().optional().describe("of the delays; left out on one host"),
  lost: z
    .strictObject({
      orig: z.number().int(),
      resp: z.number().int(),
      unit: z.enum(["records", "payload-bytes"]),
    })
    .optional()
    .describe(
      "what the place nearer to the sender saw more of; only when both captures cover the conversation and something is missing",
    ),
});

export const connection = z.strictObject({
  id: z.string(),
  class: z.string(),
  confidence: z.enum(["proven", "inferred", "possible"]),
  candidates: z
    .array(z.string())
    .optional()
    .describe("class ids that the evidence allows; present whenever confidence is not proven"),
  wouldDecide: z.string().optional().describe("the capture or snapshot file that would decide"),
  protocol: z.string(),
  orig: party,
  resp: party,
  dialled: endpoint,
  client: endpoint
    .optional()
    .describe(
      "the true client behind a proxy, as a header names it; the port is null when the header has none",
    ),
  clientFrom: z
    .enum(["proxy-protocol", "x-forwarded-for"])
    .optional()
    .describe(
      "the header that names the client; X-Forwarded-For: of the first request that was seen from an ALB or CLB, while one connection may carry requests of many clients",
    ),
  healthCheck: z
    .boolean()
    .optional()
    .describe(
      "true: a load balancer's check of its target, which can be nothing else; left out otherwise",
    ),
  observations: z
    .array(observation)
    .describe(
      "in path order, originator's side first: by leg, hops taken off the TTL, corrected time",
    ),
  hops: z
    .array(hop)
    .optional()
    .describe(
      "between neighbouring observations outside tunnels, in their order; left out when there are none",
    ),
  nat: z.array(natStep).describe("in path order"),
  tcp: z
    .strictObject({
      state: z.string(),
      origIsn: z.number().int().optional(),
      respIsn: z.number().int().optional(),
      retransmissions: perDirection
        .optional()
        .describe("by sender, the most that one vantage point saw; absent when none"),
      resets: perDirection.optional().describe("segments with RST, likewise"),
      zeroWindows: perDirection
        .optional()
        .describe("segments that announce a closed receive window, likewise"),
    })
    .optional(),
  throughput: z
    .strictObject({
      vantagePoint: z.string().describe("the place that saw most; each packet once"),
      start: time,
      bucketSeconds: z.number(),
      orig: z.array(z.number().int()).describe("bytes on the wire by bucket, from start on"),
      resp: z.array(z.number().int()),
    })
    .optional()
    .describe("bytes over time; only of connections of 1 MB and more"),
  firstSeen: time,
  lastSeen: time,
  packets: perDirection.describe("each packet once, however many vantage points saw it"),
  bytes: perDirection,
  evidence: z.array(evidence),
  expected: z.strictObject({ class: z.string(), because: z.string() }).optional(),
  findings: z.array(z.string()),
  links: z
    .array(link)
    .optional()
    .describe(
      "connections that belong to this one without being it; absent when none is known; no class and no finding rests on them",
    ),
});

export const finding = z.strictObject({
  id: z.string(),
  rule: z.string(),
  level: z.enum(["error", "warning", "note"]),
  title: z.string(),
  message: z.string(),
  proves: z.string(),
  doesNotProve: z.string(),
  advice: z.string(),
  connections: z.array(z.string()),
  evidence: z.array(evidence),
  fingerprint: z
    .string()
    .describe("16 hexadecimal digits of rule and identity; the same over runs"),
});

export const report = z.strictObject({
  schema: z.literal("podpath.report/1"),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  inputs: z.array(input).describe("as given"),
  captures: z.array(capture).describe("as given; ids c1, c2 ..."),
  vantagePoints: z.array(vantagePoint).describe("by capture, then by first appearance"),
  snapshot,
  accounting: z.strictObject({
    records: z.number().int(),
    inConnections: z.number().int(),
    notClassified: z.record(z.string(), z.number().int()),
    balanced: z.boolean(),
  }),
  filter: z
    .strictObject({
      expression: z.string().describe("the filter flags, as they could be typed again"),
      shown: z.number().int().describe("connections in this report"),
      of: z.number().int().describe("connections that there were without the filter"),
    })
    .optional()
    .describe(
      "present when only a part of the connections is in this report; summary and findings are of that part, accounting of all records",
    ),
  summary: z.strictObject({
    classes: z
      .record(
        z.string(),
        z.strictObject({
          connections: z.number().int(),
          records: z
            .number()
            .int()
            .describe(
              "at all vantage points; one inside a tunnel counts for the inner connection and for the tunnel",
            ),
          bytes: z
            .number()
            .int()
            .describe("wire lengths, each packet once however many vantage points saw it"),
        }),
      )
      .describe("by class id; only classes that were met"),
    findings: z.record(z.string(), z.number().int()).describe("by level: error, warning, note"),
  }),
  connections: z.array(connection).describe("by first packet; ids conn-1, conn-2 ..."),
  distribution: z
    .array(spread)
    .optional()
    .describe(
      "over the targets of each load balancer and service that was met, whatever the filter; absent when none was",
    ),
  findings: z
    .array(finding)
    .describe("worst first, then by rule and first connection; ids f1, f2 ..."),
  diagnostics: z.array(diagnostic).describe("first met first"),
  limits: z
    .array(
      z.strictObject({
        limit: z.string(),
        value: z.number().int(),
        count: z.number().int(),
        effect: z.string(),
      }),
    )
    .describe("what was cut short and why"),
});
