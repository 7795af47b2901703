/** `ip addr`, `ip link`, `ip -d link`, `ip -br addr` as text, and the same with `-j`. */
import { parseMac } from "../address/ip-text.ts";
import type { JsonDocument } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { NodeInterface, SnapshotRef } from "./snapshot.ts";
import { canonicalAddress, jsonRef, type ReadContext, skipEntry } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

interface InterfaceDraft {
  index: number;
  name: string;
  mac: string | null;
  mtu: number | undefined;
  addresses: string[];
  kind: string | undefined;
  tunnelPort: number | undefined;
  ref: SnapshotRef;
}

function push(context: ReadContext, draft: InterfaceDraft): void {
  const { index, name, mac, mtu, addresses, kind, tunnelPort, ref } = draft;
  const told = mac !== null && mac !== "00:00:00:00:00:00";
  const entry: NodeInterface = {
    index,
    name,
    ...(told && { mac }),
    ...(mtu !== undefined && { mtu }),
    addresses: [...new Set(addresses)],
    ...(kind !== undefined && { kind }),
    ...(tunnelPort !== undefined && { tunnelPort }),
    ref,
  };
  context.parts.nodeFile(context.file).interfaces.push(entry);
}

/** Link kinds that `ip -d link` prints as the first word of an indented line. */
const KINDS =
  /^\s+(vxlan|geneve|ipip|sit|gre|gretap|ip6gre|ip6gretap|ip6tnl|erspan|wireguard|vlan|bridge|veth|dummy|macvlan|ipvlan|bond|vrf|tun)\b(.*)$/;

export function readIpAddrText(context: ReadContext, lines: readonly TextLine[]): void {
  let draft: InterfaceDraft | null = null;
  for (const line of lines) {
    const ref = { file: context.file, line: line.number };
    const next = interfaceLine(line.text, ref) ?? briefLine(line.text, ref);
    if (next === null) {
      if (draft !== null) addDetail(draft, line.text);
      continue;
    }
    if (draft !== null) push(context, draft);
    draft = next;
  }
  if (draft !== null) push(context, draft);
}

/** "2: eth0@if8: <BROADCAST,UP> mtu 9001 qdisc noqueue state UP". */
function interfaceLine(text: string, ref: SnapshotRef): InterfaceDraft | null {
  const match = /^(\d{1,10}): ([^\s:@]+)(?:@[^\s:]+)?: <[^>]*>(?:.*? mtu (\d+))?/.exec(text);
  const [, index, name, mtu] = match ?? [];
  if (index === undefined || name === undefined) return null;
  return {
    ...emptyDraft(name, ref),
    index: Number(index),
    mtu: mtu === undefined ? undefined : Number(mtu),
  };
}

/** "eth0@if8   UP   10.0.1.10/24 fe80::1/64" or "eth0   UP   02:00:00:00:00:01 <BROADCAST,UP>". */
function briefLine(text: string, ref: SnapshotRef): InterfaceDraft | null {
  const match = /^([^\s@]+)(?:@\S+)?\s+[A-Z]+\s+(\S.*)$/.exec(text);
  const [, name, rest] = match ?? [];
  if (name === undefined || rest === undefined) return null;
  const words = rest.split(/\s+/);
  const mac = parseMac(words[0] ?? "");
  const addresses = words.map(withoutLength).filter((address) => address !== undefined);
  return { ...emptyDraft(name, ref), mac, addresses: mac === null ? addresses : [] };
}

function emptyDraft(name: string, ref: SnapshotRef): InterfaceDraft {
  return {
    index: 0,
    name,
    mac: null,
    mtu: undefined,
    addresses: [],
    kind: undefined,
    tunnelPort: undefined,
    ref,
  };
}

function addDetail(draft: InterfaceDraft, text: string): void {
  const [word = "", value = ""] = text.trim().split(/\s+/, 2);
  if (word.startsWith("link/")) draft.mac = parseMac(value) ?? draft.mac;
  else if (word === "inet" || word === "inet6") {
    const address = withoutLength(value);
    if (address !== undefined) draft.addresses.push(address);
  } else {
    const [, kind, detail = ""] = KINDS.exec(text) ?? [];
    if (kind === undefined) return;
    draft.kind = kind;
    const port = / dstport (\d{1,5})\b/.exec(detail)?.[1];
    if (port !== undefined) draft.tunnelPort = Number(port);
  }
}

function withoutLength(text: string): string | undefined {
  return canonicalAddress(text.replace(/\/\d{1,3}$/, ""));
}

export function readIpAddrJson(context: ReadContext, document: JsonDocument): void {
  for (const link of document.root.items()) {
    const ref = jsonRef(context.file, document, link);
    const index = link.number("ifindex");
    const name = link.string("ifname");
    if (index === undefined || name === undefined) {
      // `{}` stands for an interface that the command's filter left out.
      if (link.has("ifname") || link.has("addr_info")) skipEntry(context, ref, "No ifindex");
      continue;
    }
    push(context, {
      index,
      name,
      mac: parseMac(link.string("address") ?? ""),
      mtu: link.number("mtu"),
      addresses: interfaceAddresses(link),
      kind: link.string("linkinfo", "info_kind"),
      tunnelPort: link.number("linkinfo", "info_data", "port"),
      ref,
    });
  }
}

function interfaceAddresses(link: JsonValue): string[] {
  return link
    .get("addr_info")
    .items()
    .map((info) => canonicalAddress(info.string("local")))
    .filter((address) => address !== undefined);
}
