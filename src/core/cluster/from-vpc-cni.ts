/**
 * What the VPC CNI's ipamd tells about addresses: ipamd.log and plugin.log (pkg/ipamd/datastore/data_store.go, pkg/ipamd/ipamd.go), the
 * checkpoint /var/run/aws-node/ipam.json, and the introspection at localhost:61679/v1/enis in the shapes of CNI 1.5 to 1.20.
 */
import { parseCidr } from "../address/cidr.ts";
import type { JsonDocument } from "./json-documents.ts";
import { JsonValue } from "./json-value.ts";
import type { EniEntry, SnapshotRef } from "./snapshot.ts";
import { canonicalAddress, jsonRef, type ReadContext, skipEntry } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

const ASSIGN =
  /\bAssign IP (\S+) to sandbox \S+(?: with metadata \{(?:.*\s)?K8SPodNamespace:(\S+) K8SPodName:([^\s}]+))?/;
const UNASSIGN = /\bUnassign IP (\S+) from sandbox /;
const ADD_TO_ENI = /\bAdding (\S+) to DS for (eni-[0-9a-z]+)/;
/** Cheap refusal: most lines of these logs tell something else, and there are many. */
const TELLING = /ssign IP | to DS for eni-/;

/** The sentences that are read are shorter by far; a longer one must not cost the square of its length. */
const MAX_MESSAGE_CHARACTERS = 2048;

export function readCniLog(context: ReadContext, lines: readonly TextLine[]): void {
  const enis = new CniEnis();
  for (const { text, number } of lines) {
    const ref: SnapshotRef = { file: context.file, line: number };
    const isWhole = text.trimEnd().endsWith("}");
    if (isWhole && !TELLING.test(text)) continue;
    const entry = isWhole ? parsed(text) : null;
    const message = entry?.string("msg")?.slice(0, MAX_MESSAGE_CHARACTERS);
    const time = entry?.string("ts");
    if (message === undefined || time === undefined || Number.isNaN(Date.parse(time))) {
      skipEntry(context, ref, `Line ${number} is no complete line of a VPC CNI log`);
      continue;
    }
    if (!readMessage(context, { message, time, ref }, enis)) {
      skipEntry(context, ref, `Line ${number} names no address or no pod`);
    }
  }
  context.parts.cniEnis.push(...enis.list());
}

function parsed(text: string): JsonValue | null {
  try {
    return new JsonValue(JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}

interface LogMessage {
  readonly message: string;
  readonly time: string;
  readonly ref: SnapshotRef;
}

/** False when the message has the form but not the content of those that are read. */
function readMessage(
  { parts }: ReadContext,
  { message, time, ref }: LogMessage,
  enis: CniEnis,
): boolean {
  const assign = ASSIGN.exec(message);
  if (assign !== null) {
    const [, told, namespace, name] = assign;
    const address = canonicalAddress(told);
    if (address === undefined || namespace === undefined || name === undefined) return false;
    parts.assignments.push({ address, time, pod: { namespace, name }, ref });
    return true;
  }
  const unassign = UNASSIGN.exec(message);
  if (unassign !== null) {
    const address = canonicalAddress(unassign[1]);
    if (address === undefined) return false;
    parts.assignments.push({ address, time, ref });
    return true;
  }
  const [, cidr, eni] = ADD_TO_ENI.exec(message) ?? [];
  // Other sentences with these words: nothing to read, and nothing broken.
  return cidr === undefined || eni === undefined || enis.add(eni, cidr, ref);
}

/** ENIs by id, as their addresses turn up. */
class CniEnis {
  readonly #found = new Map<
    string,
    { entry: EniEntry; addresses: Set<string>; prefixes: Set<string> }
  >();

  /** `text`: an address, or a CIDR of one address or a delegated prefix; false when it is neither. */
  add(id: string, text: string, ref: SnapshotRef, deviceIndex?: number): boolean {
    const address = canonicalAddress(text.replace(/\/(?:32|128)$/, ""));
    const prefix = address === undefined ? parseCidr(text)?.text : undefined;
    if (address === undefined && prefix === undefined) return false;
    const eni = this.#eni(id, ref, deviceIndex);
    if (address !== undefined) eni.addresses.add(address);
    if (prefix !== undefined) eni.prefixes.add(prefix);
    return true;
  }

  #eni(id: string, ref: SnapshotRef, deviceIndex: number | undefined) {
    const known = this.#found.get(id);
    if (known !== undefined) return known;
    const entry: EniEntry = {
      id,
      // ipamd manages no others.
      role: "node",
      interfaceType: "interface",
      description: "",
      addresses: [],
      prefixes: [],
      publicAddresses: [],
      ...(deviceIndex !== undefined && { deviceIndex }),
      ref,
    };
    const made = { entry, addresses: new Set<string>(), prefixes: new Set<string>() };
    this.#found.set(id, made);
    return made;
  }

  list(): EniEntry[] {
    return [...this.#found.values()].map(({ entry, addresses, prefixes }) => ({
      ...entry,
      addresses: [...addresses],
      prefixes: [...prefixes],
    }));
  }
}

export function readCniCheckpoint(context: ReadContext, document: JsonDocument): void {
  for (const allocation of document.root.get("allocations").items()) {
    const ref = jsonRef(context.file, document, allocation);
    const pod = podOf(allocation.get("metadata"));
    const time = timeOfNanoseconds(allocation.number("allocationTimestamp"));
    const addresses = ["ipv4", "ipv6"].flatMap(
      (family) => canonicalAddress(allocation.string(family)) ?? [],
    );
    // Without metadata (CNI before 1.11) it names a sandbox and no pod.
    if (pod === undefined && !allocation.has("metadata")) continue;
    if (pod === undefined || time === undefined || addresses.length === 0) {
      skipEntry(context, ref, "An allocation lacks its address, time or pod");
      continue;
    }
    for (const address of addresses) context.parts.assignments.push({ address, time, pod, ref });
  }
}

function podOf(metadata: JsonValue): { namespace: string; name: string } | undefined {
  const namespace = metadata.string("k8sPodNamespace");
  const name = metadata.string("k8sPodName");
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** 2^53 ns are 104 days, so the last digits are lost in a JSON number: milliseconds are told. */
function timeOfNanoseconds(ns: number | undefined): string | undefined {
  const date = new Date(ns === undefined ? Number.NaN : Math.floor(ns / 1e6));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** CNI 1.20 keys the pools by network card; before, there is one with `ENIs`, first called `ENIIPPools`. */
export function readCniEnis(context: ReadContext, document: JsonDocument): void {
  const enis = new CniEnis();
  for (const pool of isPool(document.root) ? [document.root] : membersOf(document.root)) {
    for (const member of ["ENIs", "ENIIPPools"]) {
      for (const eni of membersOf(pool.get(member))) readPoolEni(context, document, eni, enis);
    }
  }
  context.parts.cniEnis.push(...enis.list());
}

const isPool = (value: JsonValue): boolean =>
  value.get("ENIs").isObject || value.get("ENIIPPools").isObject;

export function isCniEnis(root: JsonValue): boolean {
  if (isPool(root)) return true;
  const keys = root.isObject ? Object.keys(root.raw as object) : [];
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key) && isPool(root.get(key)));
}

function membersOf(value: JsonValue): JsonValue[] {
  return value.isObject ? Object.keys(value.raw as object).map((key) => value.get(key)) : [];
}

/** The last part of a member's pointer is its key; keys here hold no `~`, and CIDRs their `/`. */
function keyOf(value: JsonValue): string {
  const token = value.pointer.slice(value.pointer.lastIndexOf("/") + 1);
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

function readPoolEni(
  context: ReadContext,
  document: JsonDocument,
  eni: JsonValue,
  enis: CniEnis,
): void {
  const id = eni.string("ID") ?? keyOf(eni);
  const ref = jsonRef(context.file, document, eni);
  const device = eni.number("DeviceNumber");
  for (const family of ["AvailableIPv4Cidrs", "IPv6Cidrs", "IPv4Addresses", "IPv6Addresses"]) {
    for (const cidr of membersOf(eni.get(family))) {
      if (!enis.add(id, keyOf(cidr), ref, device)) {
        const told = keyOf(cidr).slice(0, 64);
        skipEntry(context, jsonRef(context.file, document, cidr), `"${told}" is no address`);
        continue;
      }
      for (const one of membersOf(cidr.get("IPAddresses"))) {
        readPoolAddress(context, one, jsonRef(context.file, document, one));
      }
    }
  }
}

/** Go's zero time is year 1: never assigned, or never taken back. */
function realTime(text: string | undefined): string | undefined {
  const ms = Date.parse(text ?? "");
  return ms > 0 ? text : undefined;
}

function readPoolAddress({ parts }: ReadContext, one: JsonValue, ref: SnapshotRef): void {
  const address = canonicalAddress(one.string("Address") ?? keyOf(one));
  const pod = podOf(one.get("IPAMMetadata"));
  const time = realTime(one.string("AssignedTime"));
  if (address === undefined || pod === undefined || time === undefined) return;
  parts.assignments.push({ address, time, pod, ref });
  const end = realTime(one.string("UnassignedTime"));
  // The time of the last life stays while the next one lasts.
  if (end === undefined || Date.parse(end) < Date.parse(time)) return;
  parts.assignments.push({ address, time: end, ref });
}
