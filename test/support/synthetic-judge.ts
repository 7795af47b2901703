/** Compares what podpath says of a synthetic cluster with what is true by construction. */
import type { Analysis } from "../../src/core/analysis.ts";
import { analyze } from "../../src/core/analyze.ts";
import type { Classified } from "../../src/core/classify/rule.ts";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { pcapFile } from "./capture.ts";
import { memorySource } from "./read-capture.ts";
import type { SyntheticCapture } from "./synthetic-captures.ts";
import type { SyntheticFlow } from "./synthetic-flows.ts";
import { type Hop, type Tuple, tupleKey } from "./synthetic-hop.ts";

export interface Judgement {
  /** One sentence for everything that is not told as it was. */
  readonly wrong: readonly string[];
  /** Wrong at confidence "proven". */
  readonly liars: readonly string[];
}

export function analyzeCaptures(
  captures: readonly SyntheticCapture[],
  snapshot: readonly SnapshotText[],
): Promise<Analysis> {
  const jobs = captures.map(({ file, linkType, records }) => ({
    file,
    label: null,
    source: memorySource(pcapFile(records, { linkType, nano: true })),
  }));
  return analyze(jobs, snapshot);
}

export interface JudgeOptions {
  /** All places were captured and all lists given: then the class itself must be right, not only among the candidates. */
  readonly complete: boolean;
  /** Records are missing: what tied places together may be gone, so splits and untold rewrites are no errors, but lies are. */
  readonly lossy?: boolean;
}

export function judge(
  flows: readonly SyntheticFlow[],
  captures: readonly SyntheticCapture[],
  analysis: Analysis,
  { complete, lossy = false }: JudgeOptions,
): Judgement {
  const byKey = indexByTuple(analysis);
  const wrong: string[] = [];
  const liars: string[] = [];
  const owners = new Map<Classified, string>();
  const isVisible = ({ place }: Hop): boolean =>
    captures.some(
      (one) =>
        one.node === place.node.index &&
        (one.interface === null || one.interface === place.interface),
    );
  for (const flow of flows) {
    const seen = flow.hops.filter(isVisible);
    const [first] = seen;
    if (first === undefined) continue;
    const name = `${flow.kind} ${tupleKey(flow.protocol, flow.hops[0]?.tuple ?? first.tuple)}`;
    const keys = new Set(seen.map((hop) => tupleKey(flow.protocol, hop.tuple)));
    const hits = new Set([...keys].flatMap((key) => [...(byKey.get(key) ?? [])]));
    if (hits.size === 0 && !lossy) wrong.push(`${name}: not found`);
    if (hits.size > 1 && !lossy) wrong.push(`${name}: split into ${hits.size} connections`);
    for (const hit of hits) {
      const other = owners.get(hit);
      if (other !== undefined) wrong.push(`${name}: merged with ${other}`);
      owners.set(hit, name);
      judgeClass(flow, hit, name, complete, wrong, liars);
      judgeOriginator(flow, hit, name, lossy, wrong);
      judgeRewrites(flow, hit, lossy ? [] : seen, name, wrong);
      if (complete) judgeFindings(flow, hit, analysis, name, wrong);
    }
  }
  return { wrong, liars };
}

/** Without the first packets who started may be unknown, but then nothing built on it may be called proven. */
function judgeOriginator(
  flow: SyntheticFlow,
  { subject, verdict }: Classified,
  name: string,
  lossy: boolean,
  wrong: string[],
): void {
  const orig = subject.connection.legs[0]?.orig.address;
  const tuples = [...flow.hops.map((hop) => hop.tuple), ...flow.rewrites.map((one) => one.before)];
  if (tuples.some((tuple) => tuple.orig.address === orig)) return;
  if (!lossy || verdict.confidence === "proven") wrong.push(`${name}: originator ${orig}`);
}

function indexByTuple(analysis: Analysis): ReadonlyMap<string, ReadonlySet<Classified>> {
  const byKey = new Map<string, Set<Classified>>();
  for (const one of analysis.classified) {
    const { protocol, observations } = one.subject.connection;
    for (const { tuple } of observations) {
      const name = protocol === "icmpv6" ? "icmp" : protocol;
      const key = tupleKey(name, tuple as Tuple);
      byKey.set(key, (byKey.get(key) ?? new Set()).add(one));
    }
  }
  return byKey;
}

function judgeClass(
  flow: SyntheticFlow,
  { verdict }: Classified,
  name: string,
  complete: boolean,
  wrong: string[],
  liars: string[],
): void {
  if (verdict.class === flow.class) return;
  const told = `${name}: ${verdict.class} (${verdict.confidence}) instead of ${flow.class}`;
  if (verdict.confidence === "proven") liars.push(told);
  // "unclassified" leaves everything open, whatever it lists.
  const isOpen = verdict.class === "unclassified" || verdict.candidates.includes(flow.class);
  if (complete || !isOpen) wrong.push(`${told}, candidates ${verdict.candidates.join(" ")}`);
}

/** Rewrites of which both sides were seen are told, and no others. */
function judgeRewrites(
  flow: SyntheticFlow,
  { subject }: Classified,
  seen: readonly Hop[],
  name: string,
  wrong: string[],
): void {
  const keyOf = (tuple: Tuple): string => tupleKey(flow.protocol, tuple);
  const keys = new Set(seen.map((hop) => keyOf(hop.tuple)));
  const steps = subject.connection.nat;
  for (const { before, after, node } of flow.rewrites) {
    if (!keys.has(keyOf(before)) || !keys.has(keyOf(after)) || keyOf(before) === keyOf(after))
      continue;
    const step = steps.find(
      (one) =>
        keyOf(one.before as Tuple) === keyOf(before) && keyOf(one.after as Tuple) === keyOf(after),
    );
    if (step === undefined) wrong.push(`${name}: rewrite to ${keyOf(after)} is not told`);
    else {
      if (step.kind !== kindOf(before, after))
        wrong.push(`${name}: ${step.kind} instead of ${kindOf(before, after)}`);
      if (step.node !== null && step.node !== node.name)
        wrong.push(`${name}: rewritten by ${step.node}`);
    }
  }
  for (const step of steps) {
    const chain = flow.rewrites.flatMap(({ before, after }) => [keyOf(before), keyOf(after)]);
    const sides = [keyOf(step.before as Tuple), keyOf(step.after as Tuple)];
    if (!sides.every((side) => chain.includes(side)))
      wrong.push(`${name}: invented rewrite ${sides.join(" becomes ")}`);
  }
}

function kindOf(before: Tuple, after: Tuple): "snat" | "dnat" | "both" {
  const source = before.orig.address !== after.orig.address || before.orig.port !== after.orig.port;
  const isEcho = before.orig.port === before.resp.port && after.orig.port === after.resp.port;
  const destination =
    before.resp.address !== after.resp.address || (!isEcho && before.resp.port !== after.resp.port);
  return source && destination ? "both" : source ? "snat" : "dnat";
}

const JUDGED = [
  "overlay-encapsulation",
  "unexpected-snat",
  "unexpected-dnat",
  "double-nat",
  "vpc-cidr-not-excluded",
  "peered-cidr-snat",
];

function judgeFindings(
  flow: SyntheticFlow,
  hit: Classified,
  { findings }: Analysis,
  name: string,
  wrong: string[],
): void {
  const { index } = hit.subject.connection;
  const told = findings
    .filter(({ match }) => [...match.connections].includes(index))
    .map(({ rule }) => rule.meta.id)
    .filter((id) => JUDGED.includes(id));
  for (const id of JUDGED) {
    if (flow.findings.includes(id) !== told.includes(id))
      wrong.push(`${name}: finding ${id} ${told.includes(id) ? "without cause" : "missing"}`);
  }
}
