/** What joins one connection of the report to another; a part of report-schema.ts. */
import { z } from "zod";
import { evidence } from "./evidence-schema.ts";

export const link = z.strictObject({
  kind: z.literal("proxied"),
  connection: z.string().describe("id of the other connection, which a filter may have left out"),
  side: z
    .enum(["front", "back"])
    .describe("the other connection is the one that the proxy accepted (front) or opened (back)"),
  confidence: z.enum(["proven", "inferred", "possible"]),
  because: z.string(),
  evidence: z.array(evidence),
});
