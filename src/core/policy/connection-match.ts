/** Which connections a rule is about: the selectors of a policy as functions of a connection, made once per run. */
import { addressMatch } from "../report/address-match.ts";
import { podKey } from "../report/known-names.ts";
import type { Report, ReportConnection, ReportParty } from "../report/report.ts";
import { type Answer, allOf, answerOf, anyOf } from "./answer.ts";
import { classAmong, possibleClasses } from "./class-answer.ts";
import { asList } from "./policy.ts";
import type { MatchSelector, PartySelector } from "./policy-schema.ts";

export type ConnectionMatch = (connection: ReportConnection) => Answer;
type PartyTest = (party: ReportParty, end: End, connection: ReportConnection) => Answer;
type End = "orig" | "resp";

/** "namespace/name" to the pod's labels; pods that are not listed have none that anybody knows. */
export type PodLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

export function podLabels({ snapshot }: Report): PodLabels {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  for (const pod of snapshot.pods ?? [])
    if (pod.labels !== undefined) labels.set(podKey(pod), pod.labels);
  return labels;
}

/** Null: every connection. */
export function compileMatch(
  match: MatchSelector | undefined,
  labels: PodLabels,
): ConnectionMatch | null {
  if (match === undefined) return null;
  const tests: ConnectionMatch[] = [];
  const from = asList(match.from).map((one) => compileParty(one, labels));
  const to = asList(match.to).map((one) => compileParty(one, labels));
  const either = asList(match.either).map((one) => compileParty(one, labels));
  if (from.length > 0) tests.push((one) => anyOf(from.map((test) => test(one.orig, "orig", one))));
  if (to.length > 0) tests.push((one) => anyOf(to.map((test) => test(one.resp, "resp", one))));
  if (either.length > 0)
    tests.push((one) =>
      anyOf(either.flatMap((test) => [test(one.orig, "orig", one), test(one.resp, "resp", one)])),
    );
  const protocols = new Set<string>(asList(match.protocol));
  if (protocols.size > 0) tests.push(({ protocol }) => answerOf(protocols.has(protocol)));
  const classes = new Set<string>(asList(match.class));
  if (classes.size > 0) tests.push((one) => classAmong(one, classes));
  const check = match["health-check"];
  if (check !== undefined) tests.push(({ healthCheck = false }) => answerOf(healthCheck === check));
  return (connection) => allOf(tests.map((test) => test(connection)));
}

function compileParty(selector: PartySelector, labels: PodLabels): PartyTest {
  const tests = [
    ...compileIdentity(selector, labels),
    ...compileAddress(selector),
    ...compilePort(selector),
  ];
  return (party, end, connection) => allOf(tests.map((test) => test(party, end, connection)));
}

/**
 * What the snapshot knows of the end; an end that may be another one than it seems leaves it open. `kind` asks whose address it is,
 * so that pods of the host network, whose address is their node's, are no pods there.
 */
function compileIdentity(selector: PartySelector, labels: PodLabels): PartyTest[] {
  const kinds = new Set<string>(asList(selector.kind));
  const tests = compileNames(selector, labels);
  if (kinds.size === 0 && tests.length === 0) return [];
  const ask = (who: ReportParty): Answer => allOf(tests.map((test) => test(who)));
  const identity: PartyTest = (party, end, connection) => {
    const isKind = kinds.size === 0 || kinds.has(party.kind);
    const answer = isKind ? ask(party) : "no";
    if (answer !== "no") return ambiguous(party) ? "maybe" : answer;
    if (isKind && otherPods(party).some((pod) => ask(pod) !== "no")) return "maybe";
    // What a rewrite hides is always a pod.
    const mayBePod = kinds.size === 0 || kinds.has("pod");
    return mayBePod && mayBeHidden(party, end, connection) ? "maybe" : "no";
  };
  return [identity];
}

function compileNames(
  selector: PartySelector,
  labels: PodLabels,
): ((party: ReportParty) => Answer)[] {
  const tests: ((party: ReportParty) => Answer)[] = [];
  const namespaces = new Set(asList(selector.namespace));
  const nodes = asList(selector.node);
  const workloads = asList(selector.workload);
  const pods = asList(selector.pod);
  const wanted = Object.entries(selector.labels ?? {});
  if (namespaces.size > 0)
    tests.push(({ namespace }) => answerOf(namespace !== undefined && namespaces.has(namespace)));
  if (nodes.length > 0)
    tests.push(({ node }) =>
      answerOf(node !== undefined && nodes.some((one) => isNodeName(node, one))),
    );
  if (pods.length > 0)
    tests.push(({ kind, name }) =>
      answerOf(kind === "pod" && name !== undefined && pods.some((one) => isPodName(name, one))),
    );
  if (workloads.length > 0)
    tests.push((party) => anyOf(workloads.map((one) => isOfWorkload(party, one))));
  if (wanted.length > 0) tests.push((party) => hasLabels(party, wanted, labels));
  return tests;
}

/** A name, or its beginning up to a dash: pods of one workload. */
function isPodName(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}-`);
}

/** Whole, or up to the first dot. */
function isNodeName(name: string, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}.`);
}

function isOfWorkload({ kind, name, workload }: ReportParty, wanted: string): Answer {
  if (kind !== "pod") return "no";
  const slash = wanted.indexOf("/");
  if (workload !== undefined)
    return answerOf(slash < 0 ? workload.endsWith(`/${wanted}`) : workload === wanted);
  // A table of pods does not say what owns them; the name does not contradict.
  return name?.startsWith(`${wanted.slice(slash + 1)}-`) === true ? "maybe" : "no";
}

function hasLabels(
  { kind, namespace = "", name }: ReportParty,
  wanted: readonly (readonly [string, string])[],
  labels: PodLabels,
): Answer {
  if (kind !== "pod" || name === undefined) return "no";
  const own = labels.get(podKey({ namespace, name }));
  if (own === undefined) return "maybe";
  return answerOf(wanted.every(([key, value]) => Object.hasOwn(own, key) && own[key] === value));
}

/** Classes of connections that pods start and that a node's address may stand for, once rewritten. */
const FROM_POD = ["pod-", "snat-egress", "direct-egress", "service-clusterip"];
/** What was addressed is not who answers, unless the rewrite was seen. */
const STANDS_FOR_PODS: ReadonlySet<string> = new Set(["service", "load-balancer"]);

/** Two pods claim the address. */
function ambiguous({ ambiguousWith = [] }: ReportParty): boolean {
  return ambiguousWith.length > 0;
}

/** Pods that share the address, with their node or because both claim it ("namespace/name"). */
function otherPods({ ambiguousWith, hostNetworkPods, node, address }: ReportParty): ReportParty[] {
  return [...(ambiguousWith ?? []), ...(hostNetworkPods ?? [])].map((key) => {
    const slash = key.indexOf("/");
    return {
      kind: "pod",
      address,
      port: null,
      namespace: key.slice(0, Math.max(slash, 0)),
      name: key.slice(slash + 1),
      ...(node === undefined ? {} : { node }),
    };
  });
}

/** The packets were seen only where a rewrite hides who it is. */
function mayBeHidden(party: ReportParty, end: End, connection: ReportConnection): boolean {
  if (connection.confidence === "proven") return false;
  const classes = possibleClasses(connection);
  if (classes.includes("unclassified")) return true;
  if (end === "orig")
    return (
      party.kind === "node" &&
      classes.some((id) => FROM_POD.some((beginning) => id.startsWith(beginning)))
    );
  return STANDS_FOR_PODS.has(party.kind) || (party.kind === "node" && classes.includes("nodeport"));
}

function compileAddress(selector: PartySelector): PartyTest[] {
  const inside = asList(selector.address).flatMap((text) => addressMatch(text) ?? []);
  if (inside.length === 0) return [];
  return [
    (party, end, { dialled, client }) =>
      answerOf(
        inside.some(
          (test) =>
            test(party.address) ||
            (end === "resp" && test(dialled.address)) ||
            (end === "orig" && client !== undefined && test(client.address)),
        ),
      ),
  ];
}

function compilePort(selector: PartySelector): PartyTest[] {
  const ranges = asList(selector.port).map(rangeOf);
  if (ranges.length === 0) return [];
  const isIn = (port: number | null): boolean =>
    port !== null && ranges.some(({ first, last }) => first <= port && port <= last);
  return [
    // An echo identifier stands where other protocols have ports.
    (party, end, { dialled, protocol }) =>
      answerOf(
        !protocol.startsWith("icmp") &&
          (isIn(party.port) || (end === "resp" && isIn(dialled.port))),
      ),
  ];
}

function rangeOf(port: number | string): { readonly first: number; readonly last: number } {
  if (typeof port === "number") return { first: port, last: port };
  const [first = 0, last = 0] = port.split("-").map(Number);
  return { first, last };
}

/** Whether the rule asks who somebody is, rather than for addresses and ports alone. */
export function asksIdentity(match: MatchSelector | undefined): boolean {
  if (match === undefined) return false;
  if (match.class !== undefined) return true;
  return [match.from, match.to, match.either]
    .flatMap((one) => asList(one))
    .some(({ address: _a, port: _p, ...identity }) => Object.keys(identity).length > 0);
}
