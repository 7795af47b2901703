/** The path of a connection as a baseline names it: by workloads, not by addresses and ports, so that it stays when pods are replaced. */
import { MAX_NAME_LENGTH } from "../limits.ts";
import { fingerprint } from "../report/fingerprint.ts";
import type { ReportConnection, ReportParty } from "../report/report.ts";
import { type NatShape, natShape } from "./judge-nat.ts";

export interface WorkloadPath {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly class: string;
  readonly nat: NatShape;
  /** Kinds of tunnels around it, outside those that AWS makes, sorted; empty: none. */
  readonly overlay: readonly string[];
}

const OVERLAY_CLASSES: ReadonlySet<string> = new Set(["pod-to-pod-overlay", "overlay-tunnel"]);

export function workloadPath(connection: ReportConnection): WorkloadPath {
  const { orig, resp, protocol, class: id, observations } = connection;
  const kinds = new Set<string>();
  if (OVERLAY_CLASSES.has(id))
    for (const { encapsulation } of observations)
      if (encapsulation !== undefined) kinds.add(encapsulation.kind);
  return {
    from: workloadName(orig),
    to: workloadName(resp),
    protocol,
    class: id,
    nat: natShape(connection),
    overlay: [...kinds].sort(),
  };
}

/**
 * "default/Deployment/web", "pod default/web-0" where nothing tells what owns it, "node", "load-balancer k8s-web",
 * "service default/web", "external". Nodes and hosts outside have no identity that stays.
 */
function workloadName(party: ReportParty): string {
  const { kind, namespace, name, workload } = party;
  const inNamespace = namespace === undefined || namespace === "" ? "" : `${namespace}/`;
  switch (kind) {
    case "pod":
      if (workload !== undefined) return bounded(`${inNamespace}${workload}`);
      return name === undefined ? "pod" : bounded(`pod ${inNamespace}${name}`);
    case "node":
      return "node";
    case "external":
    case "vpc":
    case "peer":
    case "special":
    case "loopback":
      return kind;
    default:
      return name === undefined ? bounded(kind) : bounded(`${kind} ${inNamespace}${name}`);
  }
}

/**
 * A name that somebody made a megabyte long is cut; its length and its end still tell it from others, without a hash of a megabyte
 * for each connection. Halves of surrogate pairs have no UTF-8 form: what is written would not be what is read again.
 */
function bounded(name: string): string {
  const whole = name.slice(0, MAX_NAME_LENGTH).replace(/\p{Cs}/gu, "\ufffd");
  if (name.length <= MAX_NAME_LENGTH) return whole;
  return `${whole}…${fingerprint(`${name.length}`, name.slice(-MAX_NAME_LENGTH))}`;
}

/** The conversation, whichever way it takes. */
export function routeKey({ from, to, protocol }: WorkloadPath): string {
  return `${from}\0${to}\0${protocol}`;
}

export function pathKey(path: WorkloadPath): string {
  return `${routeKey(path)}\0${path.class}\0${path.nat}\0${path.overlay.join(",")}`;
}

/** "a → b, tcp". */
export function routeText({ from, to, protocol }: WorkloadPath): string {
  return `${from} → ${to}, ${protocol}`;
}

/** "snat-egress, snat". */
export function wayText({ class: id, nat, overlay }: WorkloadPath): string {
  const parts = [id];
  if (nat !== "none") parts.push(nat === "both" ? "snat and dnat" : nat);
  if (overlay.length > 0) parts.push(`in ${overlay.join(", ")}`);
  return parts.join(", ");
}

export function comparePaths(a: WorkloadPath, b: WorkloadPath): number {
  const [one, other] = [pathKey(a), pathKey(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}
