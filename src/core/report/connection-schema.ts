/** One connection of a report: its ends, where it was seen, what was rewritten, and the verdict. */
import { z } from "zod";
import { evidence } from "./evidence-schema.ts";
import { keyPacket } from "./key-packet-schema.ts";
import { link } from "./link-schema.ts";
import { endpoint, perDirection, time, tuple } from "./value-schema.ts";

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
