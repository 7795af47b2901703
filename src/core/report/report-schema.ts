/**
 * The shape of `podpath.report/1`, once: the TypeScript types (report.ts) and the published JSON Schema
 * (docs/report.schema.json) are both made from it. Loaded only where a schema is asked for, never by an analysis.
 */
import { z } from "zod";
import { connection } from "./connection-schema.ts";
import { evidence } from "./evidence-schema.ts";
import { spread } from "./spread-schema.ts";
import { time } from "./value-schema.ts";

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
  parts: z
    .array(
      z.strictObject({
        file: z.string(),
        firstRecord: z.number().int().describe("number of its first record in the capture"),
        records: z.number().int(),
      }),
    )
    .optional()
    .describe("the files of a rotated capture, in order; records are numbered on over them"),
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
