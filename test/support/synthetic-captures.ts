/** What capture programs write at the interfaces of a synthetic cluster while its flows run: real frames with real headers. */
import { ascii, concat, u32 } from "./bytes.ts";
import { CAPTURE_START_NS, type CaptureRecord } from "./capture.ts";
import { ethernet, type PacketBuilder, sll2 } from "./packet.ts";
import { numbers, type SyntheticCluster } from "./synthetic-cluster.ts";
import type { SyntheticFlow } from "./synthetic-flows.ts";
import type { Hop, Wrap } from "./synthetic-hop.ts";

/** Records of one capture, in order of time. */
export interface SyntheticCapture {
  readonly file: string;
  readonly node: number;
  /** null: all interfaces of the node (`tcpdump -i any`). */
  readonly interface: string | null;
  readonly linkType: 1 | 276;
  readonly records: readonly (CaptureRecord & {
    readonly packet: Uint8Array;
    readonly timeNs: bigint;
  })[];
}

export type SyntheticView = "interfaces" | "any";

/** A packet of a conversation, whichever addresses it carries at a place. */
interface Packet {
  readonly fromOrig: boolean;
  readonly atNs: bigint;
  readonly ipId: number;
  /** Adds what follows the IP header, with the ports of one place. */
  emit(ip: PacketBuilder, srcPort: number, dstPort: number): PacketBuilder;
}

const MS = 1_000_000n;
const US = 1_000n;

function conversation(flow: SyntheticFlow, index: number, salt: number): Packet[] {
  const next = numbers(salt * 31 + index);
  const start = CAPTURE_START_NS + BigInt(index) * 3n * MS;
  const ids = [next() & 0xffff, next() & 0xffff];
  const packets: Packet[] = [];
  const add = (fromOrig: boolean, emit: Packet["emit"], idless = false): void => {
    const side = fromOrig ? 0 : 1;
    ids[side] = ((ids[side] ?? 0) + 1) & 0xffff;
    const atNs = start + BigInt(packets.length) * MS;
    packets.push({ fromOrig, atNs, ipId: idless ? 0 : (ids[side] ?? 0), emit });
  };
  const content = (letter: string): Uint8Array =>
    concat(ascii(`${letter} ${flow.kind} `), u32(next()), u32(next()));
  if (flow.protocol === "tcp") addTcp(add, next, content);
  else if (flow.protocol === "udp") {
    for (let round = 0; round < 2; round++) {
      for (const fromOrig of [true, false]) {
        const body = content(fromOrig ? "q" : "r");
        add(fromOrig, (ip, srcPort, dstPort) => ip.udp({ srcPort, dstPort }).payload(body));
      }
    }
  } else {
    for (let sequence = 1; sequence <= 2; sequence++) {
      const body = content("ping");
      for (const fromOrig of [true, false]) {
        add(fromOrig, (ip, id) => echo(ip, fromOrig, id, sequence).payload(body));
      }
    }
  }
  return packets;
}

/** ICMP of the family of the IP header is told by the caller's builder: see `ipOf`. */
function echo(ip: PacketBuilder, request: boolean, id: number, sequence: number): PacketBuilder {
  return families.get(ip) === 6
    ? ip.icmpv6({ type: request ? 128 : 129, id, sequence })
    : ip.icmpv4({ type: request ? 8 : 0, id, sequence });
}
const families = new WeakMap<PacketBuilder, 4 | 6>();

function addTcp(
  add: (fromOrig: boolean, emit: Packet["emit"], idless?: boolean) => void,
  next: () => number,
  content: (letter: string) => Uint8Array,
): void {
  const seq: [number, number] = [next(), next()];
  const clock: [number, number] = [next(), next()];
  const segment = (
    fromOrig: boolean,
    flags: string,
    body: Uint8Array = new Uint8Array(0),
  ): void => {
    const own = fromOrig ? 0 : 1;
    const other = fromOrig ? 1 : 0;
    const isSyn = flags.includes("S");
    clock[own] = (clock[own] + 1) >>> 0;
    const fields = {
      seq: seq[own],
      ack: flags.includes("A") ? seq[other] : 0,
      flags,
      options: {
        ...(isSyn && { mss: 8961, sackPermitted: true, windowScale: 7 }),
        timestamp: clock[own],
        timestampEcho: flags.includes("A") ? clock[other] : 0,
      },
    };
    seq[own] = (seq[own] + body.length + (isSyn || flags.includes("F") ? 1 : 0)) >>> 0;
    // Linux answers a SYN with identification 0 and DF.
    const idless = isSyn && !fromOrig;
    add(
      fromOrig,
      (ip, srcPort, dstPort) => ip.tcp({ ...fields, srcPort, dstPort }).payload(body),
      idless,
    );
  };
  segment(true, "S");
  segment(false, "SA");
  segment(true, "A");
  segment(true, "PA", content("GET"));
  segment(false, "A");
  segment(false, "PA", content("200"));
  segment(true, "A");
  segment(true, "FA");
  segment(false, "FA");
  segment(true, "A");
}

function ipOf(
  builder: PacketBuilder,
  src: string,
  dst: string,
  ttl: number,
  id: number,
): PacketBuilder {
  const isV6 = src.includes(":");
  const ip = isV6
    ? builder.ipv6({ src, dst, hopLimit: ttl })
    : builder.ipv4({ src, dst, ttl, id, dontFragment: true });
  families.set(ip, isV6 ? 6 : 4);
  return ip;
}

/** Everything after the link header. */
function network(link: PacketBuilder, hop: Hop, packet: Packet): PacketBuilder {
  const { orig, resp } = hop.tuple;
  const [src, dst] = packet.fromOrig ? [orig, resp] : [resp, orig];
  const ttl = hop.ttl[packet.fromOrig ? 0 : 1];
  const outside = hop.wrap === null ? link : wrapped(link, hop.wrap, packet, orig.port);
  return packet.emit(ipOf(outside, src.address, dst.address, ttl, packet.ipId), src.port, dst.port);
}

function wrapped(link: PacketBuilder, wrap: Wrap, packet: Packet, flowHash: number): PacketBuilder {
  const [src, dst] = packet.fromOrig ? [wrap.from, wrap.to] : [wrap.to, wrap.from];
  const outer = ipOf(link, src, dst, 64, (packet.ipId * 7) & 0xffff);
  if (wrap.kind === "ipip") return outer;
  const udp = outer.udp({
    srcPort: 32_768 + (flowHash % 28_000),
    dstPort: wrap.udpPort,
    checksum: 0,
  });
  const tunnel =
    wrap.kind === "vxlan" ? udp.vxlan({ vni: wrap.vni }) : udp.geneve({ vni: wrap.vni });
  return tunnel.ethernet({ src: "0e:00:00:00:00:01", dst: "0e:00:00:00:00:02" });
}

/** Source and destination MAC at a place. */
function macs(hop: Hop, fromOrig: boolean, routerMac: string): readonly [src: string, dst: string] {
  const { pod, eni } = hop.place;
  const into = hop.incoming === fromOrig;
  const [near, far] = pod === null ? [eni?.mac ?? "", routerMac] : [pod.hostMac, pod.mac];
  return into ? [far, near] : [near, far];
}

/** `clocks`: how far each node's clock is ahead, in nanoseconds. */
export function captureFlows(
  cluster: SyntheticCluster,
  flows: readonly SyntheticFlow[],
  view: SyntheticView,
  clocks: readonly bigint[] = [],
): SyntheticCapture[] {
  const drafts = new Map<
    string,
    { capture: SyntheticCapture; records: SyntheticCapture["records"][number][] }
  >();
  for (const [index, flow] of flows.entries()) {
    for (const packet of conversation(flow, index, cluster.plan.salt)) {
      for (const [position, hop] of flow.hops.entries()) {
        const travelled = packet.fromOrig ? position : flow.hops.length - 1 - position;
        const clock = clocks[hop.place.node.index] ?? 0n;
        const timeNs = packet.atNs + BigInt(travelled) * 20n * US + clock;
        const [src, dst] = macs(hop, packet.fromOrig, cluster.routerMac);
        const into = hop.incoming === packet.fromOrig;
        const link =
          view === "interfaces"
            ? ethernet({ src, dst })
            : sll2({
                address: src,
                interfaceIndex: hop.place.ifindex,
                packetType: into ? 0 : 4,
              });
        draftOf(drafts, hop, view).records.push({
          packet: network(link, hop, packet).bytes(),
          timeNs,
        });
      }
    }
  }
  return [...drafts.values()].map(({ capture, records }) => ({
    ...capture,
    records: records.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)),
  }));
}

function draftOf(
  drafts: Map<
    string,
    { capture: SyntheticCapture; records: SyntheticCapture["records"][number][] }
  >,
  { place }: Hop,
  view: SyntheticView,
): { records: SyntheticCapture["records"][number][] } {
  const name = view === "any" ? null : place.interface;
  const file = `n${place.node.index}.${name ?? "any"}.pcap`;
  let draft = drafts.get(file);
  if (draft === undefined) {
    const linkType = view === "any" ? 276 : 1;
    draft = {
      capture: { file, node: place.node.index, interface: name, linkType, records: [] },
      records: [],
    };
    drafts.set(file, draft);
  }
  return draft;
}
