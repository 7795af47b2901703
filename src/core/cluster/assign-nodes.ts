/**
 * Which node does the output of `ip addr`, `iptables-save`, `conntrack -L` ... come from? Its content tells where it can; what it
 * does not tell, a file that shares the name stem and is known tells ("node-n1.ip-rule.txt" beside "node-n1.ip-addr.txt").
 */

import type { NodeFacts } from "./node-facts.ts";
import { nodeFileStem } from "./node-file-stem.ts";
import type { NodeFile } from "./snapshot-parts.ts";

export interface NodeAssignment {
  readonly node: string;
  readonly because: string;
}

export function assignNodes(
  files: readonly NodeFile[],
  facts: NodeFacts,
): Map<string, NodeAssignment> {
  const assigned = new Map<string, NodeAssignment>();
  for (const file of files) {
    const found = byOwnAddresses(file, facts) ?? byTraffic(file, facts);
    if (found !== null) assigned.set(file.file, found);
  }
  const stems = stemOwners(assigned);
  for (const file of files) {
    if (assigned.has(file.file)) continue;
    const found = byStem(file, stems) ?? byName(file, facts);
    if (found !== null) assigned.set(file.file, found);
  }
  return assigned;
}

/** What only the node itself shows: its name, its interfaces, its local routes, the address that it rewrites to. */
function byOwnAddresses(file: NodeFile, facts: NodeFacts): NodeAssignment | null {
  if (file.hostname !== null) {
    const node = facts.nodeOfHostname(file.hostname.name);
    return node === null ? null : { node, because: "it says so" };
  }
  const macs = file.interfaces.map(({ mac }) => facts.nodeOfMac(mac));
  const byMac = onlyOne(macs);
  if (byMac !== null)
    return { node: byMac, because: `its MAC addresses are those of ${byMac}'s ENIs` };
  const addresses = file.interfaces.flatMap((one) => one.addresses);
  const locals = file.routes.filter((route) => route.type === "local");
  const byAddress = onlyOne(
    [...addresses, ...locals.map((route) => route.destination)].map(facts.nodeOfAddress),
  );
  if (byAddress !== null)
    return { node: byAddress, because: `its addresses are those of ${byAddress}` };
  const sources = file.iptables.map((rule) => rule.toSource && facts.nodeOfAddress(rule.toSource));
  const bySource = onlyOne(sources);
  if (bySource === null) return null;
  return { node: bySource, because: `it rewrites sources to an address of ${bySource}` };
}

/** The one node among the hits; null when there is none or they disagree. */
function onlyOne(hits: readonly (string | null | undefined)[]): string | null {
  const nodes = new Set(hits.filter((node) => typeof node === "string"));
  const [first] = nodes;
  return nodes.size === 1 && first !== undefined ? first : null;
}

/** What mentions the node's pods: routes and rules to them, neighbours on their veths, connections of the node or its pods. */
function byTraffic(file: NodeFile, facts: NodeFacts): NodeAssignment | null {
  const votes = new Map<string, number>();
  const vote = (nodes: Iterable<string | null>): void => {
    for (const node of new Set(nodes)) {
      if (node !== null) votes.set(node, (votes.get(node) ?? 0) + 1);
    }
  };
  for (const { destination, via, type } of file.routes) {
    if (via === undefined && type === "unicast") vote([facts.nodeOfPodAddress(destination)]);
  }
  for (const { to, from } of file.rules) {
    vote([to, from].map((text) => (text === undefined ? null : facts.nodeOfPodAddress(text))));
  }
  for (const { address, device } of file.neighbours) {
    vote([facts.nodeOfVeth(device) ?? facts.nodeOfPodAddress(address)]);
  }
  for (const { original, reply } of file.conntrack) {
    // The node of an entry is an end of it, or runs a pod that is; every entry of a node names it so.
    const ends = [original.source, original.destination, reply.source, reply.destination];
    vote(ends.map((end) => facts.nodeOfAddress(end) ?? facts.nodeOfPodAddress(end)));
  }
  const [first, second] = [...votes].sort(([, a], [, b]) => b - a);
  if (first === undefined || first[1] === second?.[1]) return null;
  return { node: first[0], because: `most of its entries are about ${first[0]} and its pods` };
}

/** Node by stem; null where files of one stem were found to be of several nodes. */
function stemOwners(assigned: ReadonlyMap<string, NodeAssignment>): Map<string, StemOwner | null> {
  const owners = new Map<string, StemOwner | null>();
  for (const [file, { node }] of assigned) {
    const stem = nodeFileStem(file);
    const known = owners.get(stem);
    if (known === undefined) owners.set(stem, { node, file });
    else if (known !== null && known.node !== node) owners.set(stem, null);
  }
  return owners;
}

interface StemOwner {
  readonly node: string;
  readonly file: string;
}

function byStem(
  file: NodeFile,
  stems: ReadonlyMap<string, StemOwner | null>,
): NodeAssignment | null {
  const owner = stems.get(nodeFileStem(file.file));
  if (owner === undefined || owner === null) return null;
  return { node: owner.node, because: `it is named like ${owner.file}` };
}

/** The path itself may name the node: "ip-10-0-1-10.ec2.internal/conntrack.txt". */
function byName(file: NodeFile, facts: NodeFacts): NodeAssignment | null {
  const words = file.file.split(/[/\\]/);
  const node = onlyOne(words.flatMap((word) => facts.nodesNamedIn(word)));
  return node === null ? null : { node, because: "its path names the node" };
}
