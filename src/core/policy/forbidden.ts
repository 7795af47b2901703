/** What `forbid` and `allow` name: a class, a finding, a tunnel. All that a rule names must hold of one connection. */
import type { Report, ReportConnection, ReportFinding } from "../report/report.ts";
import { type Answer, allOf, answerOf } from "./answer.ts";
import { classAmong, possibleClasses } from "./class-answer.ts";
import { ENI_KINDS, type Places } from "./judge-place.ts";
import { asList } from "./policy.ts";
import type { ForbidRule, Severity } from "./policy-schema.ts";

export type Named = Pick<ForbidRule, "class" | "finding" | "level" | "overlay">;

export interface WhatMatch {
  /** Of one connection; yes when the rule names nothing. */
  of(connection: ReportConnection): Answer;
  /** Findings that are about the whole run and no connection; none where the rule also names a class or a tunnel. */
  readonly wholeRun: readonly ReportFinding[];
  /** What a connection has that the rule names, as one phrase. */
  wordsFor(connection: ReportConnection): string;
  /** Why it may have it, and what would tell. */
  doubtAbout(connection: ReportConnection): { readonly what: string; readonly hint?: string };
}

export type FindingsById = ReadonlyMap<string, ReportFinding>;

export function findingsById({ findings }: Report): FindingsById {
  return new Map(findings.map((finding) => [finding.id, finding]));
}

const AT_OR_ABOVE: Readonly<Record<Severity, readonly Severity[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  note: ["error", "warning", "note"],
};

export function compileNamed(named: Named, findings: FindingsById, places: Places): WhatMatch {
  const classes = new Set<string>(asList(named.class));
  const rules = new Set<string>(asList(named.finding));
  const overlays = new Set<string>(asList(named.overlay));
  const levels = new Set<string>(named.level === undefined ? [] : AT_OR_ABOVE[named.level]);
  const namesFinding = rules.size > 0 || levels.size > 0;
  const isNamed = ({ rule, level }: ReportFinding): boolean =>
    (rules.size === 0 || rules.has(rule)) && (levels.size === 0 || levels.has(level));
  const seenFinding = (connection: ReportConnection): ReportFinding | undefined => {
    for (const id of connection.findings) {
      const finding = findings.get(id);
      if (finding !== undefined && isNamed(finding)) return finding;
    }
    return undefined;
  };
  // A level stands for every rule: what could raise the gravest of them leaves it open.
  const asked = rules.size > 0 ? rules : GRAVE;
  const possibleFinding = (connection: ReportConnection): string | undefined =>
    [...asked].find((rule) => mayHaveFinding(rule, connection, places));
  const findingAnswer = (connection: ReportConnection): Answer => {
    if (seenFinding(connection) !== undefined) return "yes";
    return possibleFinding(connection) === undefined ? "no" : "maybe";
  };
  return {
    of: (connection) =>
      allOf([
        classes.size === 0 ? "yes" : classAmong(connection, classes),
        namesFinding ? findingAnswer(connection) : "yes",
        overlays.size === 0 ? "yes" : overlayAnswer(connection, overlays),
      ]),
    wholeRun:
      namesFinding && classes.size === 0 && overlays.size === 0
        ? [...findings.values()].filter((one) => one.connections.length === 0 && isNamed(one))
        : [],
    wordsFor(connection) {
      const finding = namesFinding ? seenFinding(connection) : undefined;
      if (finding !== undefined) return `${finding.rule}: ${finding.title}`;
      if (overlays.size > 0) return `it is inside a tunnel${kindWords(connection)}`;
      return classes.size > 0 ? `it is ${connection.class}` : "there is such a connection";
    },
    doubtAbout(connection) {
      const rule =
        namesFinding && seenFinding(connection) === undefined
          ? possibleFinding(connection)
          : undefined;
      if (rule === undefined) return doubtfulClass(connection);
      return {
        what: `whether it has ${rule} is not known`,
        ...hintFor(rule, connection),
      };
    },
  };
}

function doubtfulClass(connection: ReportConnection): { what: string; hint?: string } {
  const what = `it may be ${possibleClasses(connection).join(" or ")}`;
  const { wouldDecide } = connection;
  return wouldDecide === undefined ? { what } : { what, hint: wouldDecide };
}

function hintFor(rule: string, connection: ReportConnection): { readonly hint?: string } {
  const { node } = [connection.orig, connection.resp].find(({ kind }) => kind === "pod") ?? {};
  const where = node ?? "the pod's node";
  if (rule === "wrong-eni") return { hint: `a capture of all ENIs (eth0, eth1 ...) of ${where}` };
  if (rule === "path-differs-from-rules")
    return { hint: `iptables-save, ip rule and ip route show table all of ${where}` };
  return connection.wouldDecide === undefined ? {} : { hint: connection.wouldDecide };
}

const OVERLAY_CLASSES: ReadonlySet<string> = new Set(["pod-to-pod-overlay", "overlay-tunnel"]);

/** Tunnels that the VPC itself makes (mirroring, Gateway Load Balancer) have no overlay class and are none. */
function overlayAnswer(connection: ReportConnection, kinds: ReadonlySet<string>): Answer {
  const answer = classAmong(connection, OVERLAY_CLASSES);
  if (answer !== "yes" || kinds.has("any")) return answer;
  const seen = connection.observations.flatMap(({ encapsulation }) => encapsulation?.kind ?? []);
  // The outer connection does not say what it carries; the inner one does, and is counted.
  return answerOf(seen.some((kind) => kinds.has(kind)));
}

function kindWords({ observations }: ReportConnection): string {
  const kinds = new Set(observations.flatMap(({ encapsulation }) => encapsulation?.kind ?? []));
  return kinds.size === 0 ? "" : ` (${[...kinds].join(", ")})`;
}

/** Findings that the connection would have if it were of one of these classes: while it may be, its absence says nothing. */
const CLASSES_BEHIND: Readonly<Record<string, readonly string[]>> = {
  "overlay-encapsulation": ["pod-to-pod-overlay", "overlay-tunnel"],
  "unexpected-snat": ["pod-to-pod-nat"],
  "unexpected-dnat": ["pod-to-pod-nat"],
  "double-nat": ["pod-to-pod-nat"],
  "vpc-cidr-not-excluded": ["pod-to-pod-nat"],
  "peered-cidr-snat": ["snat-egress"],
  "client-ip-lost": ["nodeport", "nlb-instance", "alb-instance", "clb"],
};

const GRAVE: ReadonlySet<string> = new Set(["overlay-encapsulation", "unexpected-snat"]);

/** Ends whose path no rule of a node decides. */
const NOT_PREDICTED: ReadonlySet<string> = new Set([
  "link-local",
  "external",
  "control-plane",
  "overlay-tunnel",
  "client-to-lb",
  "vpc-to-pod",
  "vpc-to-node",
]);

function mayHaveFinding(rule: string, connection: ReportConnection, places: Places): boolean {
  // Sealed packets between nodes: what is inside cannot be read.
  if (rule === "overlay-encapsulation" && connection.class === "overlay-tunnel") return true;
  if (rule === "path-differs-from-rules")
    return connection.expected === undefined && !NOT_PREDICTED.has(connection.class);
  if (rule === "wrong-eni") return !isSeenAtOwnEni(connection, places);
  const classes = CLASSES_BEHIND[rule];
  if (classes === undefined || connection.confidence === "proven") return false;
  if (rule === "peered-cidr-snat" && connection.resp.kind !== "peer") return false;
  // Of this class it was looked at, and the finding was not made.
  if (classes.includes(connection.class)) return false;
  const possible = possibleClasses(connection);
  return possible.includes("unclassified") || possible.some((id) => classes.includes(id));
}

/** True also where no pod's packets had to leave a node. */
function isSeenAtOwnEni(connection: ReportConnection, places: Places): boolean {
  const { orig, resp, observations } = connection;
  // A service that has nobody behind it was never sent on.
  if (resp.kind === "service") return true;
  const nodes = [orig, resp].flatMap(({ kind, node }) =>
    kind === "pod" && node !== undefined ? [node] : [],
  );
  if (nodes.length === 0 || (orig.node !== undefined && orig.node === resp.node)) return true;
  return observations.some(({ vantagePoint }) => {
    const place = places.get(vantagePoint);
    return place?.node !== undefined && ENI_KINDS.has(place.kind) && nodes.includes(place.node);
  });
}
