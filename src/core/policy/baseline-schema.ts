/** What a baseline file holds (`podpath.baseline/1`): the paths that are known, for people to review in a pull request. */
import { z } from "zod";
import { NAT_SHAPES } from "./policy-schema.ts";
import type { KnownKeys } from "./schema-problems.ts";

const name = z.string().min(1).max(600);

export const baselinePath = z.strictObject({
  from: name.describe("NAMESPACE/KIND/NAME of a workload; the kind of other ends"),
  to: name,
  protocol: z.string().min(1).max(20),
  class: z.string().min(1).max(80),
  nat: z.enum(NAT_SHAPES).optional().describe("left out: nothing was rewritten"),
  overlay: z.array(z.string().min(1).max(40)).min(1).optional().describe("kinds of tunnels"),
  candidates: z
    .array(z.string().min(1).max(80))
    .min(1)
    .optional()
    .describe("what else it may be; left out where it is certain"),
  optional: z.boolean().optional().describe("true: it need not be there; kept by --update"),
  reason: z.string().min(1).max(1_000).optional().describe("a note for readers; kept by --update"),
});

export const baseline = z.strictObject({
  schema: z.literal("podpath.baseline/1"),
  paths: z.array(baselinePath).describe("by from, to, protocol, class"),
});

export type BaselineEntry = z.infer<typeof baselinePath>;

/** For messages about keys. */
export const BASELINE_KEYS: KnownKeys = {
  at(path) {
    if (path.length === 0) return Object.keys(baseline.shape);
    return path[0] === "paths" && path.length === 2 ? Object.keys(baselinePath.shape) : null;
  },
  placeFor: () => null,
};
