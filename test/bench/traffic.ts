/** The seven kinds of capture that the benchmark reads: what they stress, and how their packets come about. */
import type { Random } from "./random.ts";

export interface Traffic {
  readonly name: string;
  readonly stresses: string;
  /** Packets and flows of the full size. */
  readonly packets: number;
  readonly flows: number;
  readonly format: "pcap" | "pcapng";
  readonly snaplen: number;
  readonly link: "ethernet" | "sll2" | "vxlan";
  /** The flow of packet `number`, given that of the packet before. */
  readonly nextFlow: (random: Random, number: number, before: number, flows: number) => number;
  /** Bytes from the IP header on. */
  readonly ipLength: (random: Random, isBack: boolean) => number;
  /** Percent of packets that answer. */
  readonly answers: number;
  /** Flows of one sort only: "scan" = a few hosts ask many ports, "bulk" = a few TCP streams. */
  readonly kind: "cluster" | "scan" | "bulk";
}

const UNLIMITED = 262_144;

/** Half of them small, as in a cluster: acknowledgements, questions, answers of some hundred bytes, full frames. */
function clusterLength(random: Random): number {
  const roll = random.below(100);
  if (roll < 50) return 52 + random.below(40);
  if (roll < 78) return 576;
  return roll < 90 ? 100 + random.below(1200) : 1400 + random.below(100);
}

/** Bursts, most of them of few busy flows. */
function burst(random: Random, _number: number, before: number, flows: number): number {
  if (!random.percent(40)) return before;
  const skew = random.below(1_000_000) / 1_000_000;
  return Math.floor(skew ** 3 * flows);
}

const CLUSTER = {
  packets: 1_000_000,
  flows: 20_000,
  format: "pcap",
  snaplen: UNLIMITED,
  link: "ethernet",
  nextFlow: burst,
  ipLength: clusterLength,
  answers: 45,
  kind: "cluster",
} as const satisfies Partial<Traffic>;

export const TRAFFIC: readonly Traffic[] = [
  {
    ...CLUSTER,
    name: "mixed",
    stresses: "everything a little: IPv4, IPv6, VLANs, ARP, ICMP, bursts",
    packets: 2_000_000,
    flows: 50_000,
  },
  {
    ...CLUSTER,
    name: "mixed-pcapng",
    stresses: "pcapng blocks of two interfaces, micro- and nanoseconds",
    packets: 2_000_000,
    flows: 50_000,
    format: "pcapng",
  },
  {
    ...CLUSTER,
    name: "small",
    stresses: "the cost of a packet: snaplen 96, hardly any locality",
    packets: 5_000_000,
    flows: 200_000,
    snaplen: 96,
    answers: 50,
    nextFlow: (random, _number, _before, flows) =>
      random.below(3) > 0 ? random.below(flows) : random.below(Math.ceil(flows / 100)),
  },
  {
    ...CLUSTER,
    name: "jumbo",
    stresses: "the cost of a byte: packets of 9001 bytes in eight streams",
    packets: 200_000,
    flows: 8,
    answers: 12,
    kind: "bulk",
    nextFlow: (random, _number, before, flows) =>
      random.percent(5) ? random.below(flows) : before,
    ipLength: (_random, isBack) => (isBack ? 52 : 9001),
  },
  { ...CLUSTER, name: "vxlan", stresses: "a tunnel around every packet", link: "vxlan" },
  {
    ...CLUSTER,
    name: "any",
    stresses: "LINUX_SLL2 records of eight interfaces in turn",
    flows: 30_000,
    link: "sll2",
  },
  {
    ...CLUSTER,
    name: "flows",
    stresses: "memory: a scan of 1.8 million flows with two or three packets each",
    packets: 5_000_000,
    flows: 2_000_000,
    snaplen: 96,
    answers: 30,
    kind: "scan",
    nextFlow: (random, number, _before, flows) =>
      (Math.floor((number * 2) / 5) + random.below(64)) % flows,
    ipLength: (random) => (random.percent(80) ? 52 : 80),
  },
];
