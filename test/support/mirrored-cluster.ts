/** A small EKS cluster as snapshot texts, and the packets of one conversation between two of its pods, for whole analyses. */

import type { Analysis } from "../../src/core/analysis.ts";
import { analyze } from "../../src/core/analyze.ts";
import type { Classified } from "../../src/core/classify/rule.ts";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { kubeList, kubeNode, kubePod } from "../core/cluster/load-text.ts";
import { pcapFile } from "./capture.ts";
import { ethernet, type PacketBuilder } from "./packet.ts";

export const NODE_MAC = { a: "02:00:00:00:01:10", b: "02:00:00:00:02:10" } as const;
const ROUTER_MAC = "02:00:00:00:00:01";
/** Pods of the VPC's own addresses, and pods of an overlay. */
export const POD = { a: "10.0.1.11", b: "10.0.2.51", overA: "172.20.1.5", overB: "172.20.2.7" };
export const NODE = { a: "10.0.1.10", b: "10.0.2.10" } as const;

function eni(id: string, address: string, more: object): object {
  return {
    NetworkInterfaceId: id,
    InterfaceType: "interface",
    Description: "",
    VpcId: "vpc-1",
    PrivateIpAddress: address,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    ...more,
  };
}

function nodeEni(id: string, address: string, pod: string, mac: string, instance: string): object {
  return eni(id, address, {
    MacAddress: mac,
    Attachment: { InstanceId: instance, DeviceIndex: 0 },
    PrivateIpAddresses: [
      { Primary: true, PrivateIpAddress: address },
      { Primary: false, PrivateIpAddress: pod },
    ],
  });
}

export function snapshotTexts(
  more: { readonly pods?: readonly object[]; readonly enis?: readonly object[] } = {},
): SnapshotText[] {
  const pods = [
    kubePod({ name: "web-a", ip: POD.a, node: "n1" }),
    kubePod({ name: "api-b", ip: POD.b, node: "n2" }),
    kubePod({ name: "over-a", ip: POD.overA, node: "n1" }),
    kubePod({ name: "over-b", ip: POD.overB, node: "n2" }),
    ...(more.pods ?? []),
  ];
  const files: Readonly<Record<string, string>> = {
    "nodes.json": kubeList(kubeNode("n1", NODE.a, "i-1"), kubeNode("n2", NODE.b, "i-2")),
    "pods.json": kubeList(...pods),
    "vpcs.json": JSON.stringify({
      Vpcs: [{ VpcId: "vpc-1", CidrBlock: "10.0.0.0/16", CidrBlockAssociationSet: [] }],
    }),
    "enis.json": JSON.stringify({
      NetworkInterfaces: [
        nodeEni("eni-0a", NODE.a, POD.a, NODE_MAC.a, "i-1"),
        nodeEni("eni-0b", NODE.b, POD.b, NODE_MAC.b, "i-2"),
        ...(more.enis ?? []),
      ],
    }),
  };
  return Object.entries(files).map(([file, text]) => ({ file, text }));
}

export function gatewayLoadBalancerEni(address: string): object {
  return eni("eni-gwlb", address, {
    InterfaceType: "gateway_load_balancer",
    Description: "ELB gwy/inspect/0123456789abcdef",
  });
}

/** SYN, SYN-ACK, ACK as IPv4 behind what `start` has built, for example a tunnel header. */
export type Start = (isAnswer: boolean) => PacketBuilder;

export function handshake(
  start: Start,
  [from, to]: readonly [string, string] = [POD.a, POD.b],
  { ttl = 63, isn = 100 }: { readonly ttl?: number; readonly isn?: number } = {},
): PacketBuilder[] {
  const request = () => start(false).ipv4({ src: from, dst: to, ttl, id: 7 });
  const ports = { srcPort: 40000, dstPort: 8080 };
  return [
    request().tcp({ ...ports, flags: "S", seq: isn }),
    start(true)
      .ipv4({ src: to, dst: from, ttl, id: 9 })
      .tcp({ srcPort: 8080, dstPort: 40000, flags: "SA", seq: 900 + isn, ack: isn + 1 }),
    request().tcp({ ...ports, flags: "A", seq: isn + 1, ack: 901 + isn }),
  ];
}

/** Packets as they come to a mirror target: one outer direction, whatever the direction inside. */
export function mirrored(source: string, target: string, vni: number): Start {
  return () =>
    ethernet({ src: ROUTER_MAC, dst: "02:00:00:00:09:09" })
      .ipv4({ src: source, dst: target, ttl: 255 })
      .udp({ srcPort: 65_418, dstPort: 4789 })
      .vxlan({ vni })
      .ethernet({ src: NODE_MAC.a, dst: ROUTER_MAC });
}

/** An overlay wraps each direction by the node that sends it. */
export function overlay([x, y]: readonly [string, string], port = 4789, below?: Start): Start {
  return (isAnswer) =>
    (below?.(isAnswer) ?? ethernet())
      .ipv4({ src: isAnswer ? y : x, dst: isAnswer ? x : y })
      .udp({ srcPort: isAnswer ? 51_000 : 50_000, dstPort: port })
      .vxlan({ vni: 1 })
      .ethernet();
}

function sourceOf(bytes: Uint8Array) {
  let offset = 0;
  return {
    readInto(target: Uint8Array): number {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      offset += part.length;
      return part.length;
    },
  };
}

export async function analysisOf(
  captures: readonly (readonly PacketBuilder[])[],
  snapshot: readonly SnapshotText[] = snapshotTexts(),
  linkType = 1,
): Promise<Analysis & { readonly classified: readonly Classified[] }> {
  const jobs = captures.map((packets, index) => ({
    file: `${index}.pcap`,
    label: null,
    source: sourceOf(pcapFile(packets, { linkType })),
  }));
  const found = await analyze(jobs, snapshot);
  return { ...found, classified: [...found.classified] };
}

/** "10.0.1.11 > 10.0.2.51: pod-to-pod-direct (proven)", by first packet. */
export function verdictsOf({ classified }: Analysis): string[] {
  return Array.from(classified, ({ subject, verdict }) => {
    const leg = subject.connection.legs[0];
    return `${leg?.orig.address} > ${leg?.resp.address}: ${verdict.class} (${verdict.confidence})`;
  });
}

export function findingsOf({ findings }: Analysis): string[] {
  return findings.map(({ rule }) => rule.meta.id);
}
