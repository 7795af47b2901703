/**
 * Finds out where each tap was: by the user's label, by the interface names of pcapng, by link addresses (ENI and veth MACs of
 * the snapshot), by ifindex, and last by whose addresses appear. Every answer says on what ground; "unknown" is an answer.
 */
import { buildInterfaceOwners, type InterfaceOwners } from "../cluster/interface-owners.ts";
import type { OwnerIndex } from "../cluster/owner.ts";
import type { Tap } from "../flow/flow-observation.ts";
import type { AwsTunnel } from "./aws-tunnel.ts";
import { interfaceKind, isHostVeth } from "./interface-kind.ts";
import { placeAwsTunnel } from "./place-aws-tunnel.ts";
import { withBranchEni } from "./place-branch-eni.ts";
import { placeCooked } from "./place-cooked.ts";
import { type Place, placeEthernet } from "./place-ethernet.ts";
import { sharedPod } from "./shared-pod.ts";
import { gatherTapEvidence, type TapEvidence } from "./tap-evidence.ts";
import { gatherTapEvidenceByColumns } from "./tap-evidence-columns.ts";
import { stateOf, type VantageInput } from "./vantage-input.ts";
import type { VantageKind, VantagePoint } from "./vantage-point.ts";

export interface VantagePoints {
  readonly list: readonly VantagePoint[];
  /** By tap index. */
  readonly byTap: readonly VantagePoint[];
}

/** LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2. */
const SLL = 113;
const SLL2 = 276;

export function identifyVantagePoints(input: VantageInput): VantagePoints {
  const { taps, rows, columns } = input;
  const evidence =
    columns === null
      ? gatherTapEvidence(taps.length, rows)
      : gatherTapEvidenceByColumns(taps.length, rows, columns);
  const places = new Map<number, Place>();
  for (let capture = 0; capture < input.captures.length; capture++) {
    const taps = input.taps.filter(
      (tap) => tap.capture === capture && !input.awsTunnels.has(tap.index),
    );
    const cooked = taps.filter((tap) => tap.linkType === SLL || tap.linkType === SLL2);
    for (const ofOneHost of byInterface(cooked)) placeCooked(ofOneHost, evidence, input, places);
    const node = cooked.length > 0 ? null : nodeOfCapture(taps, evidence, input);
    for (const tap of taps) {
      if (!places.has(tap.index))
        places.set(tap.index, placeEthernet(tap, evidence[tap.index], node, input));
    }
  }
  for (const [tap, tunnel] of input.awsTunnels) places.set(tap, placeAwsTunnel(tunnel, input));
  return gatherVantagePoints(input, evidence, places);
}

/** Merged files (mergecap) hold the `-i any` captures of several hosts, each under an interface description of its own. */
function byInterface(cooked: readonly Tap[]): readonly (readonly Tap[])[] {
  const groups = new Map<number, Tap[]>();
  for (const tap of cooked) {
    const group = groups.get(tap.interfaceIndex);
    if (group === undefined) groups.set(tap.interfaceIndex, [tap]);
    else group.push(tap);
  }
  return [...groups.values()];
}

/** A dumpcap on several interfaces runs on one node: what one interface shows names the node for all of them. */
function nodeOfCapture(
  taps: readonly Tap[],
  evidence: readonly TapEvidence[],
  input: VantageInput,
): string | null {
  const interfaces = new Set(taps.map((tap) => tap.interfaceIndex));
  if (interfaces.size < 2) return null;
  // Merged files (mergecap) put several nodes into one: then the interfaces disagree and each stands for itself.
  const nodes = new Set<string>();
  for (const tap of taps) {
    const place = placeEthernet(tap, evidence[tap.index], null, input);
    if (place.node !== null) nodes.add(place.node);
  }
  return nodes.size === 1 ? ([...nodes][0] ?? null) : null;
}

function gatherVantagePoints(
  input: VantageInput,
  evidence: readonly TapEvidence[],
  places: ReadonlyMap<number, Place>,
): VantagePoints {
  interface Draft {
    readonly capture: number;
    readonly place: Place;
    readonly taps: number[];
  }
  const drafts = new Map<string, Draft>();
  const interfaces = buildInterfaceOwners(input.snapshot);
  for (const tap of input.taps) {
    const behind = withPodBehind(places.get(tap.index) ?? UNKNOWN, interfaces);
    const place = withBranchEni(behind, tap.vlan, input.snapshot);
    const vlan = vlanSuffix(tap);
    const key = `${tap.capture}\0${hostOf(tap, place)}\0${place.key}${vlan}`;
    const draft = drafts.get(key);
    if (draft !== undefined) draft.taps.push(tap.index);
    else drafts.set(key, { capture: tap.capture, place: withVlan(place, vlan), taps: [tap.index] });
  }
  const used = new Map<string, number>();
  const byTap: VantagePoint[] = [];
  const list: VantagePoint[] = [];
  for (const { capture, place, taps } of drafts.values()) {
    const file = input.captures[capture]?.file ?? `capture ${capture + 1}`;
    const state = stateOf(place.node, input.snapshot);
    const pod =
      place.pod ?? (place.interface === null ? null : podByPackets(taps, evidence, input.owners));
    const kind: VantageKind =
      place.kind ?? interfaceKind(place.interface, place.mac, state, input.snapshot, input.owners);
    const point: VantagePoint = {
      id: uniqueId(vantageName(place, file), used),
      capture,
      node: place.node,
      interface: place.interface,
      pod: kind === "pod-veth" || place.pod !== null ? pod : null,
      kind: kind === "unknown" && place.pod !== null ? "pod-veth" : kind,
      because: place.because,
      taps,
      oneWay: taps.some((tap) => input.taps[tap]?.sll != null),
      ...withTunnel(taps, input.awsTunnels),
    };
    list.push(point);
    for (const tap of taps) byTap[tap] = point;
  }
  return { list, byTap };
}

function vlanSuffix({ vlan, innerVlan }: Tap): string {
  if (vlan === null) return "";
  return innerVlan === null ? `.${vlan}` : `.${vlan}.${innerVlan}`;
}

/** An ifindex or MAC of a host that is not known means nothing beside another host's in the same file. */
function hostOf({ linkType, interfaceIndex }: Tap, { node }: Place): string | null {
  const isCooked = linkType === SLL || linkType === SLL2;
  return isCooked ? (node ?? `interface ${interfaceIndex}`) : node;
}

function withTunnel(
  taps: readonly number[],
  awsTunnels: ReadonlyMap<number, AwsTunnel>,
): Pick<VantagePoint, "awsTunnel"> {
  const tunnel = taps[0] === undefined ? undefined : awsTunnels.get(taps[0]);
  return tunnel === undefined ? {} : { awsTunnel: tunnel };
}

function withVlan(place: Place, vlan: string): Place {
  if (vlan === "") return place;
  return {
    ...place,
    interface: place.interface === null ? null : `${place.interface}${vlan}`,
    because: `${place.because}; frames carry VLAN ${vlan.slice(1)}`,
  };
}

/** The node's routes and the CNI's names of veths tell which pod is behind an interface; a name alone tells its node as well. */
function withPodBehind(place: Place, interfaces: InterfaceOwners): Place {
  if (place.interface === null || place.pod !== null) return place;
  const behind = interfaces.podOf(place.node, place.interface);
  if (behind === null) return place;
  const { pod, because } = behind;
  const name = `${pod.namespace}/${pod.name}`;
  if (place.node !== null || pod.node === undefined) return { ...place, pod: name };
  return { ...place, node: pod.node, pod: name, because };
}

function podByPackets(
  taps: readonly number[],
  evidence: readonly TapEvidence[],
  owners: OwnerIndex,
): string | null {
  for (const tap of taps) {
    const seen = evidence[tap];
    const pod = seen === undefined ? null : sharedPod(seen, owners);
    if (pod !== null) return pod.name;
  }
  return null;
}

const UNKNOWN: Place = {
  node: null,
  interface: null,
  pod: null,
  kind: null,
  mac: null,
  key: "?",
  because: "nothing in the file or the snapshot tells",
};

function vantageName(place: Place, file: string): string {
  // eth0 of a pod is not eth0 of its node.
  const insidePod = place.kind === "pod-veth" && !isHostVeth(place.interface);
  if (insidePod && place.pod !== null && place.interface !== null)
    return `pod:${place.pod}/${place.interface}`;
  if (place.node !== null && place.interface !== null) return `${place.node}/${place.interface}`;
  if (place.kind === "branch-eni") return `${place.node ?? file}/${place.key}`;
  if (place.pod !== null && place.interface !== null) return `pod:${place.pod}/${place.interface}`;
  if (place.pod !== null) return `pod:${place.pod}`;
  if (place.node !== null) return `${place.node}/${place.key}`;
  return `${file}#${place.interface ?? place.key}`;
}

/** `used`: the names given so far, each with the number of its next copy. */
function uniqueId(wanted: string, used: Map<string, number>): string {
  let copy = used.get(wanted) ?? 1;
  let id = wanted;
  for (; used.has(id); copy++) id = `${wanted} (${copy + 1})`;
  used.set(id, used.get(id) ?? 1);
  used.set(wanted, copy);
  return id;
}
