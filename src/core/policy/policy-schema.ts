/**
 * What a policy file may say (`podpath.policy/1`), once: the TypeScript types and the published JSON Schema
 * (docs/policy.schema.json, `podpath schema policy`) are both made from it.
 */
import { z } from "zod";
import { FINDING_IDS } from "../report/finding-ids.ts";
import { PATH_CLASS_ORDER } from "../report/path-class-title.ts";
import type { KnownKeys } from "./schema-problems.ts";

export const SEVERITIES = ["error", "warning", "note"] as const;
/** Tunnel kinds as observations name them; `any` is every one of them. */
const OVERLAYS = ["any", "vxlan", "geneve", "gre", "gre-teb", "ipip", "6in4"] as const;
export const NAT_SHAPES = ["none", "snat", "dnat", "both"] as const;
const PARTY_KINDS = [
  "pod",
  "node",
  "service",
  "load-balancer",
  "control-plane",
  "link-local",
  "aws-interface",
  "vpc",
  "peer",
  "loopback",
  "special",
  "external",
] as const;

function oneOrMore<T extends z.ZodType>(one: T) {
  return z.union([one, z.array(one).min(1)]);
}

const name = z.string().min(1).max(500);
const pathClass = z.enum(PATH_CLASS_ORDER as [string, ...string[]]);
const findingId = z.enum(FINDING_IDS as [string, ...string[]]);
const port = z.union([
  z.number().int().min(0).max(65_535),
  z.string().regex(/^\d{1,5}-\d{1,5}$/, "is no port range like 8000-8100"),
]);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "is no date like 2026-12-31");

const partyFields = {
  kind: oneOrMore(z.enum(PARTY_KINDS)).optional().describe("what the address belongs to"),
  namespace: oneOrMore(name).optional(),
  workload: oneOrMore(name)
    .optional()
    .describe("KIND/NAME (Deployment/web), or NAME alone for any kind"),
  pod: oneOrMore(name).optional().describe("the pod's name"),
  labels: z
    .record(name, z.string().max(500))
    .optional()
    .describe("the pod's labels; all must be there (needs kubectl get pods -A -o json)"),
  node: oneOrMore(name).optional().describe("the node that it runs on, or that it is"),
  address: oneOrMore(name).optional().describe("address or CIDR; of `to`: as dialled, or reached"),
  port: oneOrMore(port).optional().describe("of `to`: as dialled, or reached"),
};
export const party = z.strictObject(partyFields).describe("all that is said must hold");

const matchFields = {
  from: oneOrMore(party).optional().describe("who started the connection; a list: any of them"),
  to: oneOrMore(party).optional().describe("who answered it"),
  either: oneOrMore(party).optional().describe("at least one of the two ends"),
  protocol: oneOrMore(
    z.string().regex(/^(?:tcp|udp|sctp|icmp|icmpv6|ip\d{1,3})$/, "is no protocol"),
  )
    .optional()
    .describe("tcp, udp, sctp, icmp, icmpv6 or ipN"),
  class: oneOrMore(pathClass).optional(),
  "health-check": z
    .boolean()
    .optional()
    .describe("true: only checks of load balancers; false: only what is not surely one"),
};
export const match = z.strictObject(matchFields).describe("which connections; all must hold");

const ruleFields = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "is no id: lower case letters, digits and dashes")
    .optional()
    .describe("the name of the rule in every output; made from what it says when left out"),
  description: z.string().min(1).max(500).optional(),
  severity: z.enum(SEVERITIES).optional().describe("default error; --fail-on decides what fails"),
  optional: z.boolean().optional().describe("true: it may match nothing"),
};

export const expectRule = z.strictObject({
  ...ruleFields,
  match: match.optional(),
  class: oneOrMore(pathClass).optional().describe("each has one of these classes"),
  nat: oneOrMore(z.enum(NAT_SHAPES))
    .optional()
    .describe("what was rewritten on the way: nothing, source, destination, both"),
  eni: oneOrMore(name)
    .optional()
    .describe("primary, secondary, own (the ENI that holds the pod's address), or an interface"),
  "node-local": z.boolean().optional().describe("true: it never leaves the node"),
  "client-address": oneOrMore(z.enum(["preserved", "told", "lost"]))
    .optional()
    .describe("the server gets the client's own address, a header tells it, or neither"),
  "at-least": z.number().int().min(1).optional().describe("connections"),
  "at-most": z.number().int().min(0).optional().describe("connections"),
});

const whatFields = {
  class: oneOrMore(pathClass).optional(),
  finding: oneOrMore(findingId).optional(),
  level: z.enum(SEVERITIES).optional().describe("findings of this level or worse"),
  overlay: oneOrMore(z.enum(OVERLAYS)).optional().describe("kind of tunnel"),
};

export const forbidRule = z.strictObject({
  ...ruleFields,
  match: match.optional().describe("only there; alone: no such connection at all"),
  ...whatFields,
});

export const allowRule = z.strictObject({
  ...ruleFields,
  rule: oneOrMore(name).optional().describe("only for these rules of the policy"),
  match: match.optional(),
  ...whatFields,
  reason: z.string().trim().min(1).max(1_000).describe("why, and where it is tracked"),
  expires: date.describe("the last day on which it holds, as given by --today"),
  "grace-days": z
    .number()
    .int()
    .min(0)
    .max(3_650)
    .optional()
    .describe("days after `expires` in which it still holds and warns; default 14"),
});

const acceptance = z.strictObject({
  reason: z.enum(["undecodable", "dropped", "fragments", "time", "clutter"]),
  "at-most": z.number().int().min(1).describe("records or packets"),
  because: z.string().trim().min(1).max(1_000),
});

export const policy = z.strictObject({
  schema: z.literal("podpath.policy/1").optional(),
  coverage: z
    .enum(["seen", "cluster"])
    .optional()
    .describe(
      "seen (default): rules speak of the connections that were captured; cluster: also of nodes on which nothing was captured, which makes them inconclusive",
    ),
  accept: z
    .array(acceptance)
    .optional()
    .describe("incompleteness that is known and too small to matter"),
  expect: z.array(expectRule).optional(),
  forbid: z.array(forbidRule).optional(),
  allow: z.array(allowRule).optional().describe("exceptions, each with a reason and an end"),
});

export type PolicyDocument = z.infer<typeof policy>;
export type PartySelector = z.infer<typeof party>;
export type MatchSelector = z.infer<typeof match>;
export type ExpectRule = z.infer<typeof expectRule>;
export type ForbidRule = z.infer<typeof forbidRule>;
export type AllowRule = z.infer<typeof allowRule>;
export type Severity = (typeof SEVERITIES)[number];

/** For messages about keys. */
export const POLICY_KEYS: KnownKeys = { at: keysAt, placeFor };

/** Selectors are often written one step too high. */
function placeFor(key: string, path: readonly PropertyKey[]): string | null {
  const [section, field] = path.filter((step) => typeof step !== "number").map(String);
  if (section !== "expect" && section !== "forbid" && section !== "allow") return null;
  if (field === undefined && Object.hasOwn(matchFields, key)) return "match";
  if (field !== undefined && field !== "match") return null;
  return Object.hasOwn(partyFields, key) ? "match.from, match.to or match.either" : null;
}

function keysAt(path: readonly PropertyKey[]): readonly string[] | null {
  const [section, ...rest] = path.filter((step) => typeof step !== "number").map(String);
  if (section === undefined) return Object.keys(policy.shape);
  if (section === "accept") return Object.keys(acceptance.shape);
  const [field, end] = rest;
  if (field === "match") return end === undefined ? Object.keys(matchFields) : partyKeys(end);
  if (field !== undefined) return null;
  if (section === "expect") return Object.keys(expectRule.shape);
  if (section === "forbid") return Object.keys(forbidRule.shape);
  return section === "allow" ? Object.keys(allowRule.shape) : null;
}

function partyKeys(end: string): readonly string[] | null {
  return end === "from" || end === "to" || end === "either" ? Object.keys(partyFields) : null;
}
