/** Every snapshot of the lab (real command output, ground truth beside it) is read without error and owned correctly. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadSnapshot } from "../../../src/core/cluster/load-snapshot.ts";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import type { ClusterSnapshot, SnapshotText } from "../../../src/core/cluster/snapshot.ts";
import { type Diagnostic, DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";

const LAB = fileURLToPath(new URL("../../../../shared/lab/public", import.meta.url));
const isThere = existsSync(LAB);
if (!isThere) console.warn(`SKIPPED: ${LAB} is not there, no lab snapshot was read`);

interface Origin {
  readonly kind: string;
  readonly ip?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly host_network?: boolean;
}
interface Truth {
  readonly vpc_cidrs: readonly string[];
  readonly cluster: string;
  readonly cni: { readonly external_snat: boolean; readonly exclude: readonly string[] };
  readonly nodes: Record<
    string,
    { hostname: string; enis: { ip: string; mac: string; id: string; dev: string }[] }
  >;
  readonly connections: readonly { readonly origin: Origin }[];
}

interface Scenario {
  readonly name: string;
  readonly truth: Truth;
  readonly files: readonly SnapshotText[];
  readonly snapshot: ClusterSnapshot;
  readonly diagnostics: readonly Diagnostic[];
}

function readScenario(name: string): Scenario {
  const folder = join(LAB, name);
  const truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as Truth;
  const files = readdirSync(join(folder, "snapshot")).map((file) => ({
    file: `snapshot/${file}`,
    text: readFileSync(join(folder, "snapshot", file), "utf8"),
  }));
  const log = new DiagnosticLog();
  return { name, truth, files, snapshot: loadSnapshot(files, log), diagnostics: log.list() };
}

const names = isThere
  ? readdirSync(LAB).filter((name) => existsSync(join(LAB, name, "truth.json")))
  : [];

describe.runIf(isThere)("lab snapshots", () => {
  const scenarios = names.map(readScenario);

  it("are there", () => {
    expect(scenarios.length).toBeGreaterThan(20);
  });

  it.each(scenarios)("$name: every file with content is recognised and nothing is odd", (one) => {
    const recognised = new Set(one.snapshot.sources.map((source) => source.file));
    const filled = one.files.filter(({ text }) => text.trim() !== "").map(({ file }) => file);
    expect([...recognised]).toEqual(filled);
    // Commands that printed nothing are all that is not used.
    const codes = one.diagnostics.map(({ code, message }) => `${code}: ${message}`);
    const odd = codes.filter((code) => !/^snapshot\.empty-file/.test(code));
    expect(odd).toEqual([]);
    expect(one.snapshot.missing.filter((words) => !words.startsWith("conntrack -L"))).toEqual([]);
  });

  it.each(scenarios)("$name: each node file is its node's", ({ snapshot, truth }) => {
    for (const { file, node, nodeBecause } of snapshot.sources) {
      const key = /node-(n\d)\./.exec(file)?.[1];
      expect({ file, node }).toEqual({ file, node: key && truth.nodes[key]?.hostname });
      if (key !== undefined) expect(nodeBecause).toBeTruthy();
    }
    expect(snapshot.nodeStates.map((state) => state.node)).toEqual(
      Object.values(truth.nodes).map((node) => node.hostname),
    );
  });

  it.each(scenarios)("$name: addresses are owned as the truth says", ({ snapshot, truth }) => {
    const index = buildOwnerIndex(snapshot);
    for (const { origin } of truth.connections) {
      if (origin.ip === undefined || origin.host_network === true) continue;
      const { kind, name, namespace, node } = index.resolve(origin.ip);
      if (origin.kind === "pod") {
        expect({ kind, name, namespace, node }).toEqual({
          kind: "pod",
          name: origin.name,
          namespace: origin.namespace,
          node: origin.node,
        });
      } else if (origin.kind === "node") {
        expect({ kind, name }).toEqual({ kind: "node", name: origin.name });
      }
    }
    for (const { hostname, enis } of Object.values(truth.nodes)) {
      for (const [device, eni] of enis.entries()) {
        const owner = index.resolve(eni.ip);
        expect(owner).toMatchObject({ kind: "node", name: hostname, deviceIndex: device });
        expect(owner.primary).toBe(device === 0 ? true : undefined);
        expect(index.ownerOfMac(eni.mac)).toMatchObject({
          node: hostname,
          interface: eni.dev,
          eni: eni.id,
        });
      }
    }
  });

  it.each(scenarios)("$name: tables and node files alone tell pods and nodes as well", (one) => {
    const log = new DiagnosticLog();
    const texts = one.files.filter(({ file }) => /kubectl-get-|node-n\d/.test(file));
    const snapshot = loadSnapshot(texts, log);
    const index = buildOwnerIndex(snapshot);
    for (const { origin } of one.truth.connections) {
      if (origin.kind !== "pod" || origin.ip?.includes(".") !== true) continue;
      if (origin.host_network === true) continue;
      const { name, namespace, node } = index.resolve(origin.ip);
      const { name: wanted, namespace: inside, node: on } = origin;
      expect({ name, namespace, node }).toEqual({ name: wanted, namespace: inside, node: on });
    }
    const daemons = snapshot.pods.filter((pod) => pod.hostNetwork).map((pod) => pod.name);
    expect(daemons.every((name) => /^(?:aws-node|kube-proxy)-/.test(name))).toBe(true);
    expect(daemons).toHaveLength(2 * Object.keys(one.truth.nodes).length);
    for (const { file, node } of snapshot.sources) {
      const key = /node-(n\d)\./.exec(file)?.[1];
      expect({ file, node }).toEqual({ file, node: key && one.truth.nodes[key]?.hostname });
    }
    const odd = log.list().filter(({ code }) => code !== "snapshot.empty-file");
    expect(odd).toEqual([]);
  });

  it.each(scenarios)(
    "$name: VPC, cluster and CNI settings are as set up",
    ({ snapshot, truth }) => {
      expect(snapshot.vpcCidrs.map((cidr) => cidr.text)).toEqual(truth.vpc_cidrs);
      expect(snapshot.cluster).toBe(truth.cluster);
      expect(snapshot.cni.externalSnat).toBe(truth.cni.external_snat);
      expect(snapshot.cni.excludeSnatCidrs).toEqual(truth.cni.exclude);
    },
  );
});
