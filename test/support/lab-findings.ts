/** What the lab did to its cluster, in the lab's words, and the findings that say so; as in the lab's own evaluate.py. */
import { readFileSync } from "node:fs";
import type { Analysis } from "../../src/core/analysis.ts";
import { ROOT } from "./repository.ts";

/** By the part before the colon; null = no rule is asked for. */
const RULES: Readonly<Record<string, readonly string[] | null>> = {
  overlay: ["overlay-encapsulation"],
  "double-snat": ["double-nat"],
  "nodeport-masquerade": ["client-ip-lost"],
  "no-syn-seen": ["mid-stream"],
  "icmp-port-unreachable": ["icmp-error"],
  "icmp-frag-needed": ["icmp-error", "mtu-black-hole"],
  "icmp-ttl-exceeded": ["icmp-error"],
  "tcp-connection-refused": ["connection-refused"],
  "asymmetric-overlay-reply": ["asymmetric-path"],
  "snat:peered-vpc-not-excluded": ["peered-cidr-snat"],
  "snat:secondary-vpc-cidr-not-excluded": ["vpc-cidr-not-excluded"],
  hairpin: null,
};

export interface FindingScore {
  /** What the lab did and no finding tells. */
  readonly missing: readonly string[];
  /** Errors and warnings about what the lab did not do. */
  readonly alarms: readonly string[];
}

export function scoreFindings(scenario: string, { findings }: Analysis): FindingScore {
  const path = `${ROOT}../shared/lab/public/${scenario}/truth.json`;
  const truth = JSON.parse(readFileSync(path, "utf8")) as {
    readonly expected_findings: readonly (string | { readonly id: string })[];
  };
  const told = new Set(findings.map(({ rule }) => rule.meta.id));
  const expected = new Set<string>();
  const missing: string[] = [];
  for (const one of truth.expected_findings) {
    const id = typeof one === "string" ? one : one.id;
    const [head = id] = id.split(":");
    const rules = id in RULES ? RULES[id] : head in RULES ? RULES[head] : [head];
    if (rules == null) continue;
    for (const rule of rules) expected.add(rule);
    if (!rules.some((rule) => told.has(rule))) missing.push(id);
  }
  const alarms = findings
    .filter(({ rule, match }) => match.level !== "note" && !expected.has(rule.meta.id))
    .map(({ rule, match }) => `${rule.meta.id}: ${match.message}`);
  return { missing, alarms };
}
