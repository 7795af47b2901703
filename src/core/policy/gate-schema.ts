/** The shape of `podpath.check/1`: what `check -o json` writes, and what every other form of the result is made from. */
import { z } from "zod";
import { SEVERITIES } from "./policy-schema.ts";

const VERDICTS = ["pass", "fail", "inconclusive"] as const;

const amount = z.strictObject({
  connections: z.number().int(),
  packets: z.number().int().describe("each packet once, however many vantage points saw it"),
});

export const workloadPath = z.strictObject({
  from: z.string().describe("NAMESPACE/KIND/NAME of a workload; the kind of other ends"),
  to: z.string(),
  protocol: z.string(),
  class: z.string(),
  nat: z.enum(["none", "snat", "dnat", "both"]),
  overlay: z.array(z.string()),
});

export const witness = z.strictObject({
  connection: z.string(),
  packets: z.array(z.strictObject({ file: z.string(), record: z.number().int() })),
});

export const affected = z.strictObject({
  outcome: z.enum(["violates", "open", "excused"]),
  what: z.string().describe("one phrase"),
  path: workloadPath.optional().describe("left out when it is about the whole run"),
  amount,
  witnesses: z.array(witness).describe("the first few"),
  allowedBy: z.string().optional().describe("id of the allow rule"),
  hint: z.string().optional().describe("what would decide"),
  fingerprint: z.string().describe("of rule and path; the same over runs"),
});

export const ruleResult = z.strictObject({
  id: z.string(),
  kind: z.enum(["expect", "forbid", "allow", "baseline"]),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  counts: z.boolean().describe("its severity is at or above --fail-on"),
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  verdict: z.enum(VERDICTS),
  message: z.string().describe("one sentence"),
  lookedAt: amount.describe("what the rule is about"),
  maybe: amount.describe("what it may be about: who an end is, is not known"),
  violations: amount,
  open: amount,
  excused: amount,
  affected: z
    .array(affected)
    .describe("by workload path: violations first, then open, then excused"),
  more: z.number().int().describe("connections of further paths, which are counted but not listed"),
  hiddenBy: z.array(z.string()).describe("ids of reasons that leave the answer open"),
  hints: z.array(z.string()).describe("what to capture or collect"),
  warnings: z.array(z.string()),
  fingerprint: z.string(),
});

export const gate = z.strictObject({
  schema: z.literal("podpath.check/1"),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  verdict: z.enum(VERDICTS),
  failOn: z.enum(SEVERITIES),
  policy: z.strictObject({ file: z.string(), sha256: z.string().optional() }).optional(),
  baseline: z.strictObject({ file: z.string(), sha256: z.string().optional() }).optional(),
  today: z.string().optional().describe("as given; never the machine's clock"),
  inputs: z.array(
    z.strictObject({ file: z.string(), kind: z.string(), sha256: z.string().optional() }),
  ),
  seen: z.strictObject({
    captures: z.number().int(),
    records: z.number().int(),
    connections: z.number().int(),
    packets: z.number().int(),
  }),
  rules: z
    .array(ruleResult)
    .describe("in the order of the policy: expect, forbid, allow; then the baseline"),
  reasons: z
    .array(
      z.strictObject({
        id: z.string(),
        details: z.array(z.string()),
        hides: z.array(z.string()),
        hint: z.string(),
      }),
    )
    .describe("what was cut, capped, undecodable or not captured"),
  accepted: z.array(z.string()).describe("what the policy accepts of these"),
});
