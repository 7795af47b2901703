/** Planted bugs of the snapshot readers. */
import type { PlantedBug } from "./planted-bug.ts";

const CLUSTER = "src/core/cluster";

export const BUGS_IN_SNAPSHOTS: readonly Omit<PlantedBug, "campaign">[] = [
  {
    name: "the search for a JSON document stands still",
    kind: "unbounded loop",
    file: `${CLUSTER}/json-documents.ts`,
    find: "at = lineEnd + 1;\n  }\n  return -1;",
    replace: "at = lineEnd;\n  }\n  return -1;",
  },
  {
    name: "lines count from 2",
    kind: "off by one",
    file: `${CLUSTER}/text-lines.ts`,
    find: "number: i + 1,",
    replace: "number: i + 2,",
  },
  {
    name: "nodes in an object with a prototype",
    kind: "prototype key",
    file: `${CLUSTER}/merge-nodes.ts`,
    find: "const found = new Map<string, NodeEntry>();",
    replace:
      "const table: Record<string, NodeEntry> = {};\n  const found = { get: (k: string) => table[k], has: (k: string) => k in table, set: (k: string, v: NodeEntry) => { table[k] = v; }, values: () => Object.values(table) };",
  },
  {
    name: "a time after the year 9999",
    kind: "throw",
    file: `${CLUSTER}/from-conntrack.ts`,
    find: "seconds > 0 && seconds < MAX_UNIX_SECONDS",
    replace: "seconds > 0",
  },
  {
    name: "one diagnostic for each line",
    kind: "huge allocation",
    file: "src/core/diagnostics/diagnostic.ts",
    find: "if (entry === undefined) this.#entries.set(key,",
    replace:
      "if (entry === undefined || first.line !== undefined) this.#entries.set(key + (first.line ?? 0),",
  },
];
