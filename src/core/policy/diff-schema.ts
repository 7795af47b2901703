/** The shape of `podpath.diff/1`: what `diff -o json` writes, and what every other form of a comparison is made from. */
import { z } from "zod";
import { witness, workloadPath } from "./gate-schema.ts";

const numbers = z.strictObject({
  connections: z.number().int(),
  packets: z.number().int().describe("each packet once, however many vantage points saw it"),
  bytes: z.number().int(),
});

export const seenPath = z.strictObject({
  path: workloadPath,
  candidates: z.array(z.string()).describe("what else it may be; empty when it is certain"),
  numbers,
  witnesses: z.array(witness).describe("the first few connections, by their ids in that report"),
});

export const change = z.strictObject({
  kind: z.enum(["added", "gone", "changed"]),
  from: z.string(),
  to: z.string(),
  protocol: z.string(),
  isOpen: z.boolean().describe("the captures leave open whether anything changed"),
  because: z.string().optional().describe("why it is open"),
  before: z.array(seenPath).describe("ways that only the base has"),
  after: z.array(seenPath).describe("ways that only the new side has"),
});

const side = z.strictObject({
  inputs: z.array(z.string()),
  captures: z.number().int(),
  records: z.number().int(),
  connections: z.number().int(),
  paths: z.number().int(),
  reasons: z
    .array(z.strictObject({ id: z.string(), details: z.array(z.string()), hint: z.string() }))
    .describe("what could hide a path of this side"),
});

export const diff = z.strictObject({
  schema: z.literal("podpath.diff/1"),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  verdict: z.enum(["same", "different", "inconclusive"]),
  base: side,
  new: side,
  added: z.array(change).describe("by from, to and protocol, as in the other lists"),
  gone: z.array(change),
  changed: z.array(change),
  open: z.array(change).describe("may be any of the three, or nothing"),
  unchanged: z.number().int().describe("paths that both sides have"),
});
