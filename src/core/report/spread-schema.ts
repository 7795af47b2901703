/** The shape of one entry of the report's `distribution`: part of report-schema.ts, which says when it is loaded. */
import { z } from "zod";

export const spread = z.strictObject({
  kind: z.enum(["load-balancer", "service"]),
  name: z.string().describe("of the load balancer; namespace/name of the service"),
  targets: z
    .array(
      z.strictObject({
        address: z.string(),
        port: z.number().int().nullable(),
        name: z.string().optional().describe("namespace/name of the pod, or the node's name"),
        node: z.string().optional(),
        connections: z.number().int().describe("without the health checks"),
        healthChecks: z
          .number()
          .int()
          .describe(
            "connections of the load balancer itself that can be nothing else; checks that look like requests are not among them",
          ),
        packets: z.number().int().describe("of the connections, each packet once"),
        bytes: z.number().int(),
      }),
    )
    .describe("most connections first"),
  unresolved: z
    .number()
    .int()
    .optional()
    .describe("connections of which no packet shows the target; absent when none"),
  neverReached: z
    .array(
      z.strictObject({
        address: z.string().optional(),
        port: z.number().int().nullable(),
        instanceId: z.string().optional(),
        name: z.string().optional(),
        node: z.string().optional(),
        state: z.string().optional().describe("as the snapshot says it"),
        watched: z
          .boolean()
          .describe("a capture stands where its packets pass; if not, nobody can tell"),
      }),
    )
    .describe("registered in the snapshot, and in no capture"),
});
