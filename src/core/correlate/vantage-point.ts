/** Where packets were seen: (capture, interface, network namespace); the IPFIX Observation Point. */

import type { AwsTunnel } from "./aws-tunnel.ts";

export type VantageKind =
  /** Host side or pod side of a pod's veth pair: both show the same packets. */
  | "pod-veth"
  /** Primary ENI of a node: device index 0, or the interface that holds the node's own address. */
  | "node-eni"
  | "secondary-eni"
  /** VLAN of a trunk ENI. */
  | "branch-eni"
  /** Tunnel device (flannel.1, tunl0, vxlan.calico ...). */
  | "tunnel"
  | "loopback"
  | "bridge"
  | "unknown";

export interface VantagePoint {
  /** "n1/eth0", "node/eni0c31…", "file.pcap#0"; unique in a report. */
  readonly id: string;
  /** Index of the capture among the inputs. */
  readonly capture: number;
  readonly node: string | null;
  readonly interface: string | null;
  /** "namespace/name" when this is a pod's interface. */
  readonly pod: string | null;
  readonly kind: VantageKind;
  /** How it was identified, one sentence; or what would identify it. */
  readonly because: string;
  /** Taps (FlowObservation.tap.index) that are this vantage point. */
  readonly taps: readonly number[];
  /** Its taps show one direction each (LINUX_SLL): by which interface a packet came in is inferred, not recorded. */
  readonly oneWay: boolean;
  /** The packets came to the capture in a tunnel of AWS: they passed here, but the times are those of the capturing host. */
  readonly awsTunnel?: AwsTunnel;
}
