/**
 * The lab's ground truth beside an analysis: what each connection really did (recorded by the kernel that carried it) against
 * what podpath says it did. The comparison is that of the lab's own evaluate.py.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Analysis } from "../../src/core/analysis.ts";
import { analyze } from "../../src/core/analyze.ts";
import type { Classified } from "../../src/core/classify/rule.ts";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import type { FiveTuple } from "../../src/core/correlate/connection.ts";
import type { FlowEndpoint } from "../../src/core/flow/flow-observation.ts";
import { memorySource } from "./read-capture.ts";
import { ROOT } from "./repository.ts";

const LAB = `${ROOT}../shared/lab/public/`;

export const hasLab: boolean = existsSync(LAB);

interface TruthTuple {
  readonly proto: string;
  readonly src: string;
  readonly dst: string;
  readonly sport?: number;
  readonly dport?: number;
  readonly icmp_id?: number;
}
interface TruthConnection {
  readonly id: string;
  readonly tuple: TruthTuple;
  readonly nat: readonly {
    readonly kind: readonly string[];
    readonly before: TruthTuple;
    readonly after: TruthTuple;
  }[];
  readonly vantages: readonly { readonly at: string; readonly tuple: TruthTuple }[];
  readonly class: string;
}
interface Truth {
  readonly connections: readonly TruthConnection[];
  readonly expected_findings: readonly (string | { readonly id: string })[];
}
interface CaptureFile {
  readonly file: string;
  readonly at: string;
  readonly interface: string;
  readonly view?: string;
  readonly command?: string;
}

export type LabView = "ifaces" | "sll2" | "sll" | "eth0" | "pcapng" | "all";

/** The lab's class names and those of podpath that say the same. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  "pod-to-pod": ["pod-to-pod-direct"],
  "egress-snat": ["snat-egress"],
  "egress-direct": ["direct-egress"],
  "pod-to-peer-snat": ["snat-egress"],
  "vpc-to-lb": ["client-to-lb"],
  "pod-to-lb": ["client-to-lb"],
  overlay: ["pod-to-pod-overlay"],
  "overlay-outer": ["overlay-tunnel"],
  "node-to-vpc": ["node-to-vpc", "control-plane"],
  "vpc-to-node": ["vpc-to-node", "control-plane"],
  "vpc-to-pod": ["vpc-to-pod", "control-plane"],
  imds: ["link-local"],
  "imds-snat": ["link-local"],
};

export interface LabScore {
  /** Truth connections that the chosen captures can show. */
  readonly visible: number;
  /** Rewrites of which both sides are visible. */
  readonly rewrites: number;
  /** One sentence for each connection that is not told as it was; the verdict was honest about its doubt or is listed. */
  readonly wrong: readonly string[];
  /** Wrong class at confidence "proven". */
  readonly liars: readonly string[];
  readonly analysis: Analysis;
}

const snapshots = new Map<string, SnapshotText[]>();

function snapshotOf(folder: string): SnapshotText[] {
  const known = snapshots.get(folder);
  if (known !== undefined) return known;
  const files = readdirSync(`${folder}/snapshot`)
    .sort()
    .map((file) => ({ file, text: readFileSync(`${folder}/snapshot/${file}`, "utf8") }));
  snapshots.set(folder, files);
  return files;
}

export function labScenarios(): string[] {
  return readdirSync(LAB)
    .filter((name) => existsSync(`${LAB}${name}/captures/captures.json`))
    .sort();
}

/** `without`: snapshot files whose names match are left out. */
export async function scoreScenario(
  name: string,
  view: LabView,
  without: RegExp = /^$/,
): Promise<LabScore> {
  const folder = `${LAB}${name}`;
  const truth = JSON.parse(readFileSync(`${folder}/truth.json`, "utf8")) as Truth;
  const listed = JSON.parse(
    readFileSync(`${folder}/captures/captures.json`, "utf8"),
  ) as CaptureFile[];
  const chosen = listed.filter((one) => isInView(one, view));
  const jobs = chosen.map(({ file }) => ({
    file,
    label: null,
    source: memorySource(readFileSync(`${folder}/captures/${file}`)),
  }));
  const snapshot = snapshotOf(folder).filter(({ file }) => !without.test(file));
  return compare(truth, chosen, await analyze(jobs, snapshot));
}

function isInView(one: CaptureFile, view: LabView): boolean {
  if (view === "all") return true;
  if (view === "ifaces") return one.view === "iface";
  if (view === "pcapng") return one.file.endsWith(".pcapng");
  if (view === "eth0") return one.interface === "eth0" && !one.at.startsWith("pod:");
  return one.view === view;
}

/** `at` is "n1/eth0", "n1/eth0#overlay" (inside a tunnel) or "pod:c1/eth0". */
function isVisible(at: string, chosen: readonly CaptureFile[]): boolean {
  const slash = at.indexOf("/");
  const node = at.slice(0, slash);
  const name = at.slice(slash + 1).replace("#overlay", "");
  return chosen.some((one) => {
    if (one.at.split("/")[0] !== node) return false;
    const listening = [...(one.command ?? "").matchAll(/-i (\S+)/g)].map(([, device]) => device);
    return one.interface === "any" || one.interface === name || listening.includes(name);
  });
}

function keyOf(protocol: string, x: FlowEndpoint, y: FlowEndpoint): string {
  const ends = [`${x.address} ${x.port}`, `${y.address} ${y.port}`].sort();
  return `${protocol} ${ends.join(" ")}`;
}

/** The lab writes port 0 where a protocol has none. */
function truthKey({ proto, src, dst, sport, dport, icmp_id }: TruthTuple): string {
  return keyOf(
    proto,
    { address: src, port: icmp_id ?? (sport || null) },
    { address: dst, port: icmp_id ?? (dport || null) },
  );
}

/** Report connections by each tuple that was seen of them. */
function indexByTuple(analysis: Analysis): ReadonlyMap<string, ReadonlySet<Classified>> {
  const byKey = new Map<string, Set<Classified>>();
  for (const one of analysis.classified) {
    const { protocol, observations } = one.subject.connection;
    for (const { tuple } of observations) {
      const key = keyOf(protocol, tuple.orig, tuple.resp);
      byKey.set(key, (byKey.get(key) ?? new Set()).add(one));
    }
  }
  return byKey;
}

function compare(truth: Truth, chosen: readonly CaptureFile[], analysis: Analysis): LabScore {
  const byKey = indexByTuple(analysis);
  const wrong: string[] = [];
  const liars: string[] = [];
  const score = { visible: 0, rewrites: 0 };
  const told = new Map<Classified, TruthConnection[]>();
  for (const real of truth.connections) {
    const seen = real.vantages.filter(({ at }) => isVisible(at, chosen));
    if (seen.length === 0) continue;
    score.visible += 1;
    const keys = new Set(seen.map(({ tuple }) => truthKey(tuple)));
    const hits = new Set([...keys].flatMap((key) => [...(byKey.get(key) ?? [])]));
    const full = [...hits].filter((hit) => [...keys].every((key) => byKey.get(key)?.has(hit)));
    const hit = full[0] ?? [...hits][0];
    const name = `${real.id} ${real.class} ${truthKey(real.tuple)}`;
    if (hit === undefined) {
      wrong.push(`${name}: not found`);
      continue;
    }
    if (hits.size !== 1 || full.length === 0)
      wrong.push(`${name}: split into ${hits.size} connections`);
    const others = told.get(hit) ?? [];
    // The lab counts a tuple that was used again twice; podpath tells uses apart by what it sees.
    if (others.some((one) => truthKey(one.tuple) !== truthKey(real.tuple)))
      wrong.push(`${name}: merged with ${others.map(({ id }) => id).join(", ")}`);
    told.set(hit, [...others, real]);
    judgeClass(real, hit, name, wrong, liars);
    score.rewrites += judgeRewrites(real, hit, keys, name, wrong);
    const orig = hit.subject.connection.legs[0]?.orig.address;
    if (orig !== real.tuple.src && orig !== seen[0]?.tuple.src)
      wrong.push(`${name}: originator ${orig}`);
  }
  return { ...score, wrong, liars, analysis };
}

/** Number of rewrites of which both sides are visible. */
function judgeRewrites(
  real: TruthConnection,
  hit: Classified,
  keys: ReadonlySet<string>,
  name: string,
  wrong: string[],
): number {
  const visible = real.nat.filter(
    ({ before, after }) => keys.has(truthKey(before)) && keys.has(truthKey(after)),
  );
  for (const rewrite of visible)
    if (!tellsRewrite(hit, rewrite)) wrong.push(`${name}: ${missedRewrite(hit, rewrite)}`);
  return visible.length;
}

function judgeClass(
  real: TruthConnection,
  hit: Classified,
  name: string,
  wrong: string[],
  liars: string[],
): void {
  const accepted = CLASSES[real.class] ?? [real.class];
  const { verdict } = hit;
  if (accepted.includes(verdict.class)) return;
  if (verdict.confidence === "proven") {
    liars.push(`${name}: proven ${verdict.class}`);
    wrong.push(`${name}: class ${verdict.class} (proven)`);
  } else if (!verdict.candidates.some((one) => accepted.includes(one))) {
    wrong.push(`${name}: class ${verdict.class} (${verdict.confidence})`);
  }
}

type Rewrite = TruthConnection["nat"][number];

/** A step with both tuples and the kind; or two rewrites in a row that are told as a chain. */
function tellsRewrite(hit: Classified, { kind, before, after }: Rewrite): boolean {
  const { connection } = hit.subject;
  const key = ({ orig, resp }: FiveTuple): string => keyOf(connection.protocol, orig, resp);
  const [from, to] = [truthKey(before), truthKey(after)];
  const wanted = kind.length === 2 ? "both" : kind[0];
  const exact = connection.nat.some(
    (step) => step.kind === wanted && key(step.before) === from && key(step.after) === to,
  );
  if (exact) return true;
  const chain = connection.nat.flatMap((step) => [key(step.before), key(step.after)]);
  const single = connection.nat.some((step) => key(step.before) === from && key(step.after) === to);
  return !single && chain.includes(from) && chain.includes(to);
}

function missedRewrite(hit: Classified, { kind, before, after }: Rewrite): string {
  const got = hit.subject.connection.nat.map(
    (step) =>
      `${step.kind} ${step.before.orig.address}:${step.before.orig.port}>${step.before.resp.address} becomes ${step.after.orig.address}:${step.after.orig.port}>${step.after.resp.address}`,
  );
  return `${kind.join("+")} ${truthKey(before)} becomes ${truthKey(after)} is told as [${got.join("; ")}]`;
}
