/** All workload paths of a report, each once, with how much took it: what baselines hold and comparisons compare. */
import { MAX_COMPARED_PATHS, MAX_WITNESSES } from "../limits.ts";
import type { Report, ReportConnection } from "../report/report.ts";
import type { Witness } from "./gate-result.ts";
import { type FilesOfPlaces, filesOfPlaces, packetsOf, witnessOf } from "./rule-tally.ts";
import { pathKey, type WorkloadPath, workloadPath } from "./workload-path.ts";

export interface PathSummary {
  readonly path: WorkloadPath;
  /** Other classes that it may be; empty when at least one connection leaves no doubt. Sorted. */
  readonly candidates: readonly string[];
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  readonly witnesses: readonly Witness[];
}

interface Entry {
  readonly path: WorkloadPath;
  readonly candidates: Set<string>;
  certain: boolean;
  connections: number;
  packets: number;
  bytes: number;
  readonly witnesses: Witness[];
}

/** Neighbour discovery, multicast DNS and the like belong to no workload and come and go as they please. */
const NO_WORKLOAD: ReadonlySet<string> = new Set(["special", "loopback"]);

export class PathCollector {
  readonly #entries = new Map<string, Entry>();
  readonly #files: FilesOfPlaces;
  /** Connections whose paths were too many to keep. */
  left = 0;

  constructor(report: Report) {
    this.#files = filesOfPlaces(report);
  }

  look(connection: ReportConnection): void {
    const { orig, resp, confidence, candidates = [], class: id, bytes } = connection;
    if (NO_WORKLOAD.has(orig.kind) || NO_WORKLOAD.has(resp.kind)) return;
    const entry = this.#entry(workloadPath(connection));
    if (entry === null) {
      this.left += 1;
      return;
    }
    const others = candidates.filter((one) => one !== id);
    if (confidence === "proven" || (candidates.length > 0 && others.length === 0))
      entry.certain = true;
    else
      for (const one of others.length === 0 ? ["unclassified"] : others) entry.candidates.add(one);
    entry.connections += 1;
    entry.packets += packetsOf(connection);
    entry.bytes += bytes.orig + bytes.resp;
    if (entry.witnesses.length < MAX_WITNESSES)
      entry.witnesses.push(witnessOf(connection, this.#files));
  }

  /** By path. */
  list(): PathSummary[] {
    return [...this.#entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { certain, candidates, ...entry }]) => ({
        ...entry,
        candidates: certain ? [] : [...candidates].sort(),
      }));
  }

  #entry(path: WorkloadPath): Entry | null {
    const key = pathKey(path);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= MAX_COMPARED_PATHS) return null;
    const entry: Entry = {
      path,
      candidates: new Set(),
      certain: false,
      connections: 0,
      packets: 0,
      bytes: 0,
      witnesses: [],
    };
    this.#entries.set(key, entry);
    return entry;
  }
}

export function collectPaths(report: Report): PathCollector {
  const collector = new PathCollector(report);
  for (const connection of report.connections) collector.look(connection);
  return collector;
}
