/** Where a tap with its own interface was: Ethernet, RAW, loopback. */
import type { MacOwner } from "../cluster/owner.ts";
import type { Tap } from "../flow/flow-observation.ts";
import { sharedPod } from "./shared-pod.ts";
import type { TapEvidence } from "./tap-evidence.ts";
import type { VantageInput } from "./vantage-input.ts";
import type { VantageKind } from "./vantage-point.ts";

/** A place as far as it is known. `key` tells the places of one capture apart. */
export interface Place {
  readonly node: string | null;
  readonly interface: string | null;
  /** "namespace/name" when the capture was taken inside that pod, or at its veth without a known name. */
  readonly pod: string | null;
  readonly kind: VantageKind | null;
  /** The interface's own MAC, when that is what told. */
  readonly mac: string | null;
  readonly key: string;
  readonly because: string;
}

export function placeEthernet(
  tap: Tap,
  evidence: TapEvidence | undefined,
  node: string | null,
  input: VantageInput,
): Place {
  const capture = input.captures[tap.capture];
  const name = interfaceName(tap, input);
  const label = capture?.label ?? null;
  const key = name ?? `${tap.interfaceIndex}`;
  const seen =
    evidence === undefined
      ? null
      : byLinkAddress(evidence, name, node ?? label?.node ?? null, input);
  if (label?.pod !== undefined) {
    const podNode = nodeOfPod(label.pod, input);
    return {
      node: podNode,
      interface: label.interface ?? name ?? "eth0",
      pod: label.pod,
      kind: "pod-veth",
      mac: null,
      key,
      because: "labelled by hand",
    };
  }
  if (label?.node !== undefined) {
    const known =
      label.interface ?? name ?? (seen?.place?.node === label.node ? seen.place.interface : null);
    return {
      node: label.node,
      interface: known,
      pod: null,
      kind: null,
      mac: seen?.place?.mac ?? null,
      key,
      because: "labelled by hand",
    };
  }
  if (seen?.place != null) return { ...seen.place, key };
  const content = evidence === undefined ? null : bySharedPod(evidence, input);
  if (content !== null) return { ...content, interface: name, key };
  const because =
    seen?.why ??
    "the capture holds no link address that the snapshot knows; name it: NODE/IFACE=FILE";
  return { node, interface: name, pod: null, kind: null, mac: null, key, because };
}

/** pcapng if_name; "any" is no interface. */
function interfaceName(tap: Tap, input: VantageInput): string | null {
  const name = input.captures[tap.capture]?.info?.interfaces[tap.interfaceIndex]?.name;
  return name === undefined || name === "any" || name === "" ? null : name;
}

interface BestOwner {
  readonly mac: string;
  readonly owner: MacOwner;
  readonly records: number;
}

/** The interface's own address is on (nearly) every frame of its capture; the neighbours' addresses share the frames. */
function byLinkAddress(
  evidence: TapEvidence,
  name: string | null,
  node: string | null,
  input: VantageInput,
): { readonly place: Place | null; readonly why: string } | null {
  const candidates: BestOwner[] = [];
  for (const [mac, records] of evidence.macs) {
    const owner = input.owners.ownerOfMac(mac);
    // A pod's own MAC stands on both sides of its veth; the host side's names the interface.
    if (owner === null || (owner.pod !== undefined && owner.eni === undefined)) continue;
    if (node !== null && owner.node !== node) continue;
    candidates.push({ mac, owner, records });
  }
  if (candidates.length === 0) return null;
  const named = name === null ? [] : candidates.filter((one) => one.owner.interface === name);
  const pool = named.length > 0 ? named : candidates;
  pool.sort((a, b) => b.records - a.records || (a.mac < b.mac ? -1 : 1));
  const [best, second] = pool;
  if (best === undefined) return null;
  if (second !== undefined && second.records === best.records) {
    const places = `${interfaceOf(best)} and ${interfaceOf(second)}`;
    return {
      place: null,
      why: `its frames run only between ${places}, so either end can have taken it; name it: NODE/IFACE=FILE`,
    };
  }
  if (best.records * 2 < evidence.records) return null;
  return {
    place: {
      node: best.owner.node,
      interface: best.owner.interface ?? name,
      pod: null,
      kind: null,
      mac: best.mac,
      key: "",
      because: `${best.mac}, on ${best.records} of ${evidence.records} packets, is ${ownerPhrase(best.owner)}`,
    },
    why: "",
  };
}

function interfaceOf(best: BestOwner): string {
  return `${best.owner.node}/${best.owner.interface ?? best.owner.eni ?? best.mac}`;
}

function ownerPhrase(owner: MacOwner): string {
  if (owner.interface !== undefined)
    return `${owner.interface} of ${owner.node} (${owner.ref.file})`;
  return `${owner.eni ?? "an interface"} of ${owner.node} (${owner.ref.file})`;
}

/** All packets have one pod as an end, between two link addresses, and the pod's own have not been forwarded yet: its veth. */
function bySharedPod(evidence: TapEvidence, input: VantageInput): Place | null {
  const pod = evidence.macPairs > 1 ? null : sharedPod(evidence, input.owners);
  if (pod === null) return null;
  return {
    node: pod.node,
    interface: null,
    pod: pod.name,
    kind: "pod-veth",
    mac: null,
    key: pod.name,
    because: `every packet has ${pod.address} (${pod.name}) as an end and the pod's own have not been forwarded yet`,
  };
}

function nodeOfPod(pod: string, input: VantageInput): string | null {
  return input.snapshot.pods.find((one) => `${one.namespace}/${one.name}` === pod)?.node ?? null;
}
