/**
 * Where the taps of an `-i any` capture were. LINUX_SLL2 gives an ifindex; LINUX_SLL only a direction and a link address:
 * of outgoing packets the interface's own, of others the neighbour's (eks-traffic 2.1).
 */
import type { NodeState } from "../cluster/snapshot.ts";
import type { FlowObservation, Tap } from "../flow/flow-observation.ts";
import type { Place } from "./place-ethernet.ts";
import { sharedPod } from "./shared-pod.ts";
import type { TapEvidence } from "./tap-evidence.ts";
import { everyRow, stateOf, type VantageInput } from "./vantage-input.ts";

export function placeCooked(
  taps: readonly Tap[],
  evidence: readonly TapEvidence[],
  input: VantageInput,
  places: Map<number, Place>,
): void {
  const label = input.captures[taps[0]?.capture ?? 0]?.label ?? null;
  const found =
    label?.node === undefined
      ? nodeByVotes(taps, evidence, input)
      : { node: label.node, because: "labelled by hand" };
  const state = stateOf(found?.node ?? null, input.snapshot);
  const unplaced: Tap[] = [];
  for (const tap of taps) {
    const place =
      tap.sll === null
        ? placeByIndex(tap, evidence[tap.index], found, state, input)
        : placeByMac(tap, found, state, input);
    if (place === null) unplaced.push(tap);
    else places.set(tap.index, place);
  }
  const votes = unplaced.length === 0 ? NO_VOTES : votesByReplies(unplaced, taps, input);
  for (const tap of unplaced)
    places.set(tap.index, placeByReplies(tap, votes.get(tap.index), found, places));
}

interface FoundNode {
  readonly node: string;
  readonly because: string;
}

/** The node whose own interfaces sent the outgoing packets. */
function nodeByVotes(
  taps: readonly Tap[],
  evidence: readonly TapEvidence[],
  input: VantageInput,
): FoundNode | null {
  const votes = new Map<string, { records: number; because: string }>();
  const vote = (node: string, records: number, because: string): void => {
    const entry = votes.get(node);
    if (entry === undefined) votes.set(node, { records, because });
    else entry.records += records;
  };
  for (const tap of taps) {
    const seen = evidence[tap.index];
    if (seen === undefined) continue;
    if (tap.sll?.direction === "in") continue;
    for (const [mac, records] of seen.sourceMacs) {
      const owner = input.owners.ownerOfMac(mac);
      // A pod's MAC is behind a veth; that of its branch ENI is an interface of the node.
      if (owner === null || (owner.pod !== undefined && owner.eni === undefined)) continue;
      if (tap.sll === null && !indexFits(tap, mac, stateOf(owner.node, input.snapshot))) continue;
      vote(
        owner.node,
        records,
        `${mac} sends from ${owner.interface ?? owner.eni ?? "an interface"} of ${owner.node} (${owner.ref.file})`,
      );
    }
  }
  if (votes.size === 0) votesByPods(taps, evidence, input, vote);
  let best: FoundNode | null = null;
  let most = 0;
  for (const [node, { records, because }] of [...votes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (records > most) {
      most = records;
      best = { node, because };
    }
  }
  return best;
}

/** With `ip addr` the MAC must stand at this very ifindex; an ENI known only from AWS may be any interface. */
function indexFits(tap: Tap, mac: string, state: NodeState | null): boolean {
  if (state === null || state.interfaces.length === 0) return false;
  return state.interfaces.some((one) => one.index === tap.sllInterface && one.mac === mac);
}

/** No link address is known: interfaces that carry one pod's packets only, not yet forwarded, are veths of that pod's node. */
function votesByPods(
  taps: readonly Tap[],
  evidence: readonly TapEvidence[],
  input: VantageInput,
  vote: (node: string, records: number, because: string) => void,
): void {
  for (const tap of taps) {
    const seen = evidence[tap.index];
    const pod = seen === undefined ? null : sharedPod(seen, input.owners);
    if (seen === undefined || pod?.node == null) continue;
    vote(
      pod.node,
      seen.records,
      `packets of ${pod.name}, not yet forwarded, enter at one interface`,
    );
  }
}

function placeByIndex(
  tap: Tap,
  evidence: TapEvidence | undefined,
  found: FoundNode | null,
  state: NodeState | null,
  input: VantageInput,
): Place {
  const known = state?.interfaces.find((one) => one.index === tap.sllInterface);
  const key = `if${tap.sllInterface}`;
  const node = found?.node ?? null;
  if (known !== undefined) {
    return {
      node,
      interface: known.name,
      pod: null,
      kind: null,
      mac: known.mac ?? null,
      key: known.name,
      because: `ifindex ${tap.sllInterface} in ${known.ref.file}; ${found?.because ?? ""}`,
    };
  }
  const why =
    node === null ? "no MAC of the capture is known" : `no \`ip addr\` of ${node} in the snapshot`;
  const pod = evidence === undefined ? null : sharedPod(evidence, input.owners);
  if (pod !== null) {
    return {
      node,
      interface: null,
      pod: pod.name,
      kind: "pod-veth",
      mac: null,
      key,
      because: `ifindex ${tap.sllInterface} carries only packets of ${pod.name}, not yet forwarded; ${why}`,
    };
  }
  return {
    node,
    interface: null,
    pod: null,
    kind: null,
    mac: null,
    key,
    because: `ifindex ${tap.sllInterface}; ${why}`,
  };
}

function placeByMac(
  tap: Tap,
  found: FoundNode | null,
  state: NodeState | null,
  input: VantageInput,
): Place | null {
  const mac = tap.sll?.mac ?? null;
  if (mac === null) return null;
  const node = found?.node ?? null;
  if (tap.sll?.direction === "out") {
    const known = state?.interfaces.find((one) => one.mac === mac);
    if (known !== undefined)
      return {
        node,
        interface: known.name,
        pod: null,
        kind: null,
        mac,
        key: known.name,
        because: `${mac} is ${known.name} in ${known.ref.file}`,
      };
    const owner = input.owners.ownerOfMac(mac);
    if (owner !== null && owner.node === node) {
      const name = owner.interface ?? null;
      return {
        node,
        interface: name,
        pod: null,
        kind: null,
        mac,
        key: name ?? mac,
        because: `${mac} is ${owner.eni ?? name ?? "an interface"} of ${owner.node} (${owner.ref.file})`,
      };
    }
    return {
      node,
      interface: null,
      pod: null,
      kind: null,
      mac,
      key: mac,
      because: `the snapshot does not know ${mac}`,
    };
  }
  const devices = new Set(
    (state?.neighbours ?? []).filter((one) => one.mac === mac).map((one) => one.device),
  );
  const [device] = devices;
  if (devices.size === 1 && device !== undefined) {
    return {
      node,
      interface: device,
      pod: null,
      kind: null,
      mac: null,
      key: device,
      because: `${mac} is a neighbour on ${device} (ip neigh)`,
    };
  }
  return null;
}

/** By tap: the taps that sent replies to what came in there, each with the number of rows that say so. */
type ReplyVotes = ReadonlyMap<number, ReadonlyMap<number, number>>;
const NO_VOTES: ReplyVotes = new Map();

function votesByReplies(
  unplaced: readonly Tap[],
  taps: readonly Tap[],
  input: VantageInput,
): ReplyVotes {
  const outs = new Set(taps.filter((one) => one.sll?.direction === "out").map((one) => one.index));
  // The one tap that replies to a tuple, or SEVERAL: two interfaces answering the same tuple tell nothing (bridges).
  const repliedAt = new Map<string, number>();
  for (const row of everyRow(input)) {
    if (!outs.has(row.tap.index)) continue;
    for (const [key] of oneWayKeys(row)) {
      const known = repliedAt.get(key) ?? row.tap.index;
      repliedAt.set(key, known === row.tap.index ? known : SEVERAL);
    }
  }
  const votes = new Map(unplaced.map((tap) => [tap.index, new Map<number, number>()]));
  for (const row of everyRow(input)) {
    const own = votes.get(row.tap.index);
    if (own === undefined) continue;
    for (const [, reverse] of oneWayKeys(row)) {
      const out = repliedAt.get(reverse) ?? SEVERAL;
      if (out !== SEVERAL) own.set(out, (own.get(out) ?? 0) + 1);
    }
  }
  return votes;
}

const SEVERAL = -1;

/** The interface that sends the replies to what this link address sent. */
function placeByReplies(
  tap: Tap,
  votes: ReadonlyMap<number, number> | undefined,
  found: FoundNode | null,
  places: ReadonlyMap<number, Place>,
): Place {
  let best: Place | undefined;
  let most = 0;
  for (const [out, count] of votes ?? []) {
    if (count > most) {
      most = count;
      best = places.get(out);
    }
  }
  const mac = tap.sll?.mac ?? "?";
  if (best !== undefined) return { ...best, because: `replies to ${mac} leave by this interface` };
  return {
    node: found?.node ?? null,
    interface: null,
    pod: null,
    kind: null,
    mac: null,
    key: `from-${mac}`,
    because: `LINUX_SLL does not name the interface and ${mac} is no known neighbour; capture with LINUX_SLL2`,
  };
}

/** For each direction with packets: the key of its tuple and the key of the replies to it. */
function oneWayKeys(row: FlowObservation): readonly (readonly [string, string])[] {
  const inside =
    row.encapsulation === null ? "" : `${row.encapsulation.kind}${row.encapsulation.depth}`;
  const a = `${row.a.address} ${row.a.port}`;
  const b = `${row.b.address} ${row.b.port}`;
  const ab = `${row.protocol} ${inside} ${a} ${b}`;
  const ba = `${row.protocol} ${inside} ${b} ${a}`;
  const keys: [string, string][] = [];
  if (row.forward.records > 0) keys.push([ab, ba]);
  if (row.backward.records > 0) keys.push([ba, ab]);
  return keys;
}
