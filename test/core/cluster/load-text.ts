/** One snapshot file given as text, and what came of it. */
import { loadSnapshot } from "../../../src/core/cluster/load-snapshot.ts";
import type { ClusterSnapshot } from "../../../src/core/cluster/snapshot.ts";
import { type Diagnostic, DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";

export interface Loaded {
  readonly snapshot: ClusterSnapshot;
  readonly diagnostics: readonly Diagnostic[];
  readonly codes: readonly string[];
}

export function load(files: Readonly<Record<string, string>>): Loaded {
  const log = new DiagnosticLog();
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }));
  const snapshot = loadSnapshot(texts, log);
  const diagnostics = log.list();
  return { snapshot, diagnostics, codes: diagnostics.map(({ code }) => code) };
}

export function loadText(text: string, file = "f"): Loaded {
  return load({ [file]: text });
}

/** A List of Kubernetes objects as kubectl prints it. */
export function kubeList(...items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

interface PodOptions {
  readonly name: string;
  readonly namespace?: string;
  readonly ip?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly start?: string;
  readonly finished?: string;
}

export function kubePod(options: PodOptions): object {
  const { name, namespace = "default", ip, node, phase = "Running", hostNetwork = false } = options;
  const terminated = { terminated: { finishedAt: options.finished } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { nodeName: node, hostNetwork },
    status: {
      phase,
      podIP: ip,
      startTime: options.start,
      containerStatuses: options.finished === undefined ? [] : [{ state: terminated }],
    },
  };
}

export function kubeNode(name: string, ip: string, instanceId: string): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/os": "linux" } },
    spec: { providerID: `aws:///ap-northeast-2a/${instanceId}` },
    status: { addresses: [{ type: "InternalIP", address: ip }] },
  };
}
