/** `kubectl get pods|nodes|services -o wide`, with or without `-A`, as printed or as pasted. */
import type { PodEntry, ServicePort, SnapshotRef } from "./snapshot.ts";
import { NAMESPACE_NOT_TOLD } from "./snapshot-diagnostics.ts";
import {
  canonicalAddress,
  canonicalAddresses,
  type ReadContext,
  skipEntry,
} from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";
import { workloadOfPodName } from "./workload-name.ts";

/**
 * Cells of one row by column title. Cells are told apart by white space and not by the header's offsets: the only cells in front
 * of the last one used that hold spaces are RESTARTS ("2 (103s ago)"), and pasted tables often lose their alignment.
 */
type Row = ReadonlyMap<string, string>;

interface TableRow {
  readonly row: Row;
  readonly line: TextLine;
}

function* tableRows(lines: readonly TextLine[]): Generator<TableRow> {
  let titles: string[] = [];
  for (const line of lines) {
    const text = line.text.trim();
    if (text === "") continue;
    if (/^(?:NAMESPACE\s+)?NAME\s+[A-Z]/.test(text)) {
      titles = text.replace("NOMINATED NODE", "NOMINATED").split(/\s+/);
      continue;
    }
    const cells = text.replace(/ \(\S+ ago\)/, "").split(/\s+/);
    yield { row: new Map(titles.map((title, i) => [title, cells[i] ?? ""])), line };
  }
}

/** A cell that holds something: not empty, not `<none>`, `<unset>`, `<pending>`. */
function cell(row: Row, title: string): string | undefined {
  const text = row.get(title) ?? "";
  return text === "" || /^<.*>$/.test(text) ? undefined : text;
}

/** NAME without the prefix of `kubectl get pods,services`. */
function nameCell(row: Row): string | undefined {
  return cell(row, "NAME")?.replace(/^[a-z.]+\//, "");
}

export function readPodsText(context: ReadContext, lines: readonly TextLine[]): void {
  for (const { row, line } of tableRows(lines)) {
    const ref: SnapshotRef = { file: context.file, line: line.number };
    const name = nameCell(row);
    const ready = row.get("READY") ?? "";
    if (name === undefined || !/^\d+\/\d+$/.test(ready)) {
      skipEntry(context, ref, `Line ${line.number} is no complete row of a pod table`);
      continue;
    }
    const told = cell(row, "IP");
    const address = canonicalAddress(told);
    if (told !== undefined && address === undefined) {
      skipEntry(context, ref, `Line ${line.number}: "${told.slice(0, 64)}" is no address`);
      continue;
    }
    const namespace = row.get("NAMESPACE") ?? "";
    if (namespace === "") {
      context.log.add(NAMESPACE_NOT_TOLD, ref, "The pod table has no NAMESPACE column");
    }
    context.parts.pods.push(podOfRow(row, { namespace, name, address, ref }));
  }
}

interface PodRow {
  readonly namespace: string;
  readonly name: string;
  readonly address: string | undefined;
  readonly ref: SnapshotRef;
}

function podOfRow(row: Row, { namespace, name, address, ref }: PodRow): PodEntry {
  const node = cell(row, "NODE");
  const workload = workloadOfPodName(name);
  return {
    namespace,
    name,
    addresses: address === undefined ? [] : [address],
    ...(node !== undefined && { node }),
    // The table does not tell; it is set once the nodes' addresses are known.
    hostNetwork: false,
    phase: phaseOfStatus(row.get("STATUS") ?? "", row.get("RESTARTS") ?? ""),
    ...(workload !== undefined && { workload }),
    labels: {},
    ports: [],
    ref,
  };
}

const FAILED_STATUS =
  /^(?:Failed|Evicted|Preempting|Shutdown|NodeLost|ContainerStatusUnknown|NodeAffinity|OutOf\w+|UnexpectedAdmissionError|DeadlineExceeded)$/;
const WAITING_STATUS = /^(?:Pending|ContainerCreating|PodInitializing|Init:.*|SchedulingGated)$/;

/** The STATUS column mixes the phase with reasons of containers (kubectl's printers, printPod). */
function phaseOfStatus(status: string, restarts: string): string {
  if (status === "Completed" || status === "Succeeded") return "Succeeded";
  if (FAILED_STATUS.test(status)) return "Failed";
  if (WAITING_STATUS.test(status)) return "Pending";
  if (status === "Unknown") return "Unknown";
  // A container that ended badly: the pod is over unless it is being restarted.
  if ((status === "Error" || status === "OOMKilled") && restarts === "0") return "Failed";
  return "Running";
}

export function readNodesText(context: ReadContext, lines: readonly TextLine[]): void {
  for (const { row, line } of tableRows(lines)) {
    const ref: SnapshotRef = { file: context.file, line: line.number };
    const name = nameCell(row);
    if (name === undefined || !/^(?:Not)?Ready\b|^Unknown\b/.test(row.get("STATUS") ?? "")) {
      skipEntry(context, ref, `Line ${line.number} is no complete row of a node table`);
      continue;
    }
    context.parts.nodes.push({
      name,
      internalAddresses: canonicalAddresses([cell(row, "INTERNAL-IP")]),
      externalAddresses: canonicalAddresses([cell(row, "EXTERNAL-IP")]),
      fargate: name.startsWith("fargate-"),
      labels: {},
      ref,
    });
  }
}

const SERVICE_TYPE = /^(?:ClusterIP|NodePort|LoadBalancer|ExternalName)$/;

export function readServicesText(context: ReadContext, lines: readonly TextLine[]): void {
  for (const { row, line } of tableRows(lines)) {
    const ref: SnapshotRef = { file: context.file, line: line.number };
    const name = nameCell(row);
    const type = row.get("TYPE") ?? "";
    if (name === undefined || !SERVICE_TYPE.test(type)) {
      skipEntry(context, ref, `Line ${line.number} is no complete row of a service table`);
      continue;
    }
    const external = (cell(row, "EXTERNAL-IP") ?? "").split(",").filter((text) => text !== "");
    context.parts.services.push({
      namespace: row.get("NAMESPACE") ?? "",
      name,
      type,
      // "None" for headless services; a list for dual stack.
      clusterIps: canonicalAddresses((cell(row, "CLUSTER-IP") ?? "").split(",")),
      // The column shows load balancers and spec.externalIPs alike; only the type tells them apart.
      externalIps: type === "LoadBalancer" ? [] : canonicalAddresses(external),
      ingress: type === "LoadBalancer" ? external : [],
      ports: servicePorts(cell(row, "PORT(S)") ?? ""),
      annotations: {},
      ref,
    });
  }
}

/** "80:30080/TCP,443/TCP". */
function servicePorts(text: string): ServicePort[] {
  const ports: ServicePort[] = [];
  for (const part of text.split(",")) {
    const match = /^(\d{1,5})(?::(\d{1,5}))?\/([A-Z]+)$/.exec(part);
    if (match === null) continue;
    const [, port, nodePort, protocol = "TCP"] = match;
    const node = nodePort === undefined ? {} : { nodePort: Number(nodePort) };
    ports.push({ protocol, port: Number(port), ...node });
  }
  return ports;
}
