/** The conversations of a generated capture, and their packets as bytes. */
import type { Random } from "./random.ts";
import type { Traffic } from "./traffic.ts";

const SERVICE_PORTS = [8080, 443, 5432, 9090, 3306, 6379, 9200, 8443, 15001, 50051, 9092, 27017];
const TCP = 6;
const UDP = 17;

interface Flow {
  readonly isVersion6: boolean;
  readonly protocol: number;
  readonly vlan: number;
  readonly ends: readonly [source: number, destination: number];
  readonly ports: readonly [source: number, destination: number];
  readonly vni: number;
  readonly sequence: [number, number];
  isStarted: boolean;
  ipId: number;
}

/** Writes L2 frames of the flows into one buffer, again and again. */
export class FlowSet {
  readonly bytes = new Uint8Array(16_384);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #flows: Flow[];
  readonly #random: Random;
  readonly #link: Traffic["link"];
  /** Payload is cut out of this: random bytes that no dissector takes for anything. */
  readonly #pool = new Uint8Array(1 << 18);

  constructor(traffic: Traffic, flows: number, random: Random) {
    this.#random = random;
    this.#link = traffic.link;
    this.#flows = Array.from({ length: flows }, (_, i) => makeFlow(traffic, i, random));
    for (let i = 0; i < this.#pool.length; i++) this.#pool[i] = random.word() >>> 24;
  }

  /** Length of the frame that stands in `bytes`. The first packet of a flow never answers. */
  write(index: number, wantsAnswer: boolean, ipLength: (isBack: boolean) => number): number {
    const flow = this.#flows[index];
    if (flow === undefined) return 0;
    const isFirst = !flow.isStarted;
    const isBack = wantsAnswer && !isFirst;
    flow.isStarted = true;
    const length = ipLength(isBack);
    if (this.#link === "sll2") {
      const header = this.#sll2(flow, index, isBack);
      return header + this.#packet(flow, header, isBack, isFirst, length);
    }
    if (this.#link === "vxlan") return this.#vxlan(flow, index, isBack, isFirst, length);
    const header = this.#ethernet(flow, 0, flow.vlan);
    return header + this.#packet(flow, header, isBack, isFirst, length);
  }

  #ethernet(flow: Flow, at: number, vlan: number): number {
    const view = this.#view;
    view.setUint32(at, 0x0211_2233);
    view.setUint32(at + 4, 0x4455_0266);
    view.setUint32(at + 8, 0x7788_99aa);
    const tag = vlan > 0 ? 4 : 0;
    if (tag > 0) view.setUint32(at + 12, 0x8100_0000 | vlan);
    view.setUint16(at + 12 + tag, flow.isVersion6 ? 0x86dd : 0x0800);
    return at + 14 + tag;
  }

  #sll2(flow: Flow, index: number, isBack: boolean): number {
    const view = this.#view;
    view.setUint32(0, (flow.isVersion6 ? 0x86dd : 0x0800) << 16);
    view.setUint32(4, 2 + (index & 7));
    view.setUint32(8, 0x0001_0006 | (isBack ? 4 << 8 : 0));
    view.setUint32(12, 0x0211_2233);
    view.setUint32(16, 0x4455_0000);
    return 20;
  }

  #vxlan(flow: Flow, index: number, isBack: boolean, isFirst: boolean, length: number): number {
    const view = this.#view;
    const outer = { ...flow, isVersion6: false };
    const inner = this.#ethernet(outer, 0, 0) + 20 + 8 + 8;
    const frame = this.#ethernet(flow, inner, 0);
    const end = frame + this.#packet(flow, frame, isBack, isFirst, Math.min(length, 1400));
    const nodes = [0x0a64_0000 + (flow.ends[0] & 15), 0x0a64_0100 + (flow.ends[1] & 15)];
    if (isBack) nodes.reverse();
    this.#ipv4(14, end - 14, UDP, index & 0xffff, nodes[0] ?? 0, nodes[1] ?? 0);
    view.setUint32(34, ((49_152 + (index & 0x3fff)) << 16) | 4789);
    view.setUint32(38, (end - 34) << 16);
    view.setUint32(42, 0x0800_0000);
    view.setUint32(46, flow.vni << 8);
    return end;
  }

  /** From the IP header on; at least its headers, and a SYN has nothing else. */
  #packet(flow: Flow, at: number, isBack: boolean, isFirst: boolean, wanted: number): number {
    const ipHeader = flow.isVersion6 ? 40 : 20;
    const header = ipHeader + (flow.protocol === TCP ? 32 : 8);
    const isSyn = isFirst && flow.protocol === TCP;
    const length = isSyn ? header : Math.max(wanted, header);
    const payload = length - header;
    const [from, to] = isBack ? [flow.ends[1], flow.ends[0]] : flow.ends;
    if (flow.isVersion6) this.#ipv6(at, length, flow.protocol, from, to);
    else this.#ipv4(at, length, flow.protocol, flow.ipId++ & 0xffff, from, to);
    const view = this.#view;
    const start = at + ipHeader;
    const [srcPort, dstPort] = isBack ? [flow.ports[1], flow.ports[0]] : flow.ports;
    if (flow.protocol === TCP) {
      this.#segment(flow, start, isBack, isSyn, payload, srcPort, dstPort);
    } else if (flow.protocol === UDP) {
      view.setUint32(start, (srcPort << 16) | dstPort);
      view.setUint32(start + 4, (8 + payload) << 16);
    } else {
      const request = flow.isVersion6 ? 128 : 8;
      const reply = flow.isVersion6 ? 129 : 0;
      view.setUint32(start, (isBack ? reply : request) << 24);
      view.setUint32(start + 4, (7 << 16) | (flow.ipId++ & 0xffff));
    }
    if (payload > 0) {
      const from = this.#random.below(this.#pool.length - payload);
      this.bytes.set(this.#pool.subarray(from, from + payload), at + header);
    }
    return length;
  }

  #segment(
    flow: Flow,
    at: number,
    isBack: boolean,
    isSyn: boolean,
    payload: number,
    srcPort: number,
    dstPort: number,
  ): void {
    const view = this.#view;
    const way = isBack ? 1 : 0;
    view.setUint32(at, (srcPort << 16) | dstPort);
    view.setUint32(at + 4, flow.sequence[way]);
    view.setUint32(at + 8, isSyn ? 0 : (flow.sequence[1 - way] ?? 0));
    const flags = isSyn ? 0x02 : payload > 0 ? 0x18 : 0x10;
    view.setUint32(at + 12, 0x8000_01f5 | (flags << 16));
    view.setUint32(at + 16, 0);
    view.setUint32(at + 20, 0x0101_080a);
    view.setUint32(at + 24, 12_345);
    view.setUint32(at + 28, 54_321);
    flow.sequence[way] = (flow.sequence[way] + (isSyn ? 1 : payload)) >>> 0;
  }

  #ipv4(at: number, length: number, protocol: number, id: number, from: number, to: number): void {
    const view = this.#view;
    view.setUint32(at, 0x4500_0000 | length);
    view.setUint32(at + 4, (id << 16) | 0x4000);
    view.setUint32(at + 8, (64 << 24) | (protocol << 16));
    view.setUint32(at + 12, from);
    view.setUint32(at + 16, to);
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += view.getUint16(at + i);
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(at + 10, ~(sum + (sum >>> 16)));
  }

  #ipv6(at: number, length: number, protocol: number, from: number, to: number): void {
    const view = this.#view;
    view.setUint32(at, 0x6000_0000);
    view.setUint32(at + 4, ((length - 40) << 16) | (protocol << 8) | 64);
    [from, to].forEach((host, i) => {
      view.setUint32(at + 8 + i * 16, 0x2600_1f14);
      view.setUint32(at + 12 + i * 16, 0x0abc_de01);
      view.setUint32(at + 16 + i * 16, 0x1000_0000);
      view.setUint32(at + 20 + i * 16, host);
    });
  }
}

function makeFlow(traffic: Traffic, index: number, random: Random): Flow {
  const sequence: [number, number] = [random.word(), random.word()];
  const common = { sequence, vni: 1 + random.below(16), isStarted: false, ipId: 0, vlan: 0 };
  if (traffic.kind === "bulk") {
    const ends = [0x0a00_0100 + index, 0x0a00_1000 + index] as const;
    return { ...common, isVersion6: false, protocol: TCP, ends, ports: [40_000 + index, 5201] };
  }
  if (traffic.kind === "scan") {
    const ends = [0xc0a8_0000 + (index & 0xff), 0x0a00_0000 + (index >>> 4)] as const;
    const ports = [1024 + random.below(60_000), 1 + random.below(65_535)] as const;
    return { ...common, isVersion6: false, protocol: random.percent(95) ? TCP : UDP, ends, ports };
  }
  const roll = random.below(100);
  const isVersion6 = random.percent(5);
  const icmp = isVersion6 ? 58 : 1;
  const protocol = roll < 72 ? TCP : roll < 97 ? UDP : icmp;
  const inside = random.percent(80);
  const ends = [
    0x0a00_0000 + (random.below(64) << 14) + random.below(16_384) + 256,
    inside ? 0x0a10_0000 + random.below(16_384) : 0x3400_0000 + random.below(1 << 24),
  ] as const;
  const service = SERVICE_PORTS[random.below(SERVICE_PORTS.length)] ?? 443;
  const datagram = random.percent(50) ? 53 : 20_000 + random.below(10_000);
  const ports = [32_768 + random.below(28_232), protocol === UDP ? datagram : service] as const;
  const vlan = random.percent(5) ? 100 + (index % 50) : 0;
  return { ...common, isVersion6, protocol, ends, ports, vlan };
}
