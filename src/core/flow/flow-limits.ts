/** Bounds of limits.ts that the flow table reached, in words. */
import {
  MAX_DNS_NAMED_ADDRESSES,
  MAX_FRAGMENTED_DATAGRAMS,
  MAX_HELD_FRAGMENTS,
  MAX_ICMP_ERRORS_KEPT,
  MAX_TAPS,
  MAX_THROUGHPUT_SERIES,
  MAX_TUNNELS,
} from "../limits.ts";

/** A bound of limits.ts that was reached. */
export interface FlowLimit {
  readonly limit: string;
  readonly value: number;
  readonly count: number;
  readonly effect: string;
}

/** How often each bound was met. */
export interface LimitCounts {
  readonly maxFlows: number;
  readonly flows: number;
  readonly taps: number;
  readonly tunnels: number;
  readonly throughputSeries: number;
  readonly icmpErrors: number;
  readonly fragments: number;
  readonly heldFragments: number;
  readonly dnsAddresses: number;
}

/** Empty when no bound was reached. */
export function flowLimits(counts: LimitCounts): FlowLimit[] {
  const limits: FlowLimit[] = [
    {
      limit: "flows",
      value: counts.maxFlows,
      count: counts.flows,
      effect: "packets of further flows are in no connection",
    },
    {
      limit: "taps",
      value: MAX_TAPS,
      count: counts.taps,
      effect: "records of further interfaces, VLANs or link addresses are shown at the last place",
    },
    {
      limit: "tunnels",
      value: MAX_TUNNELS,
      count: counts.tunnels,
      effect: "packets of further tunnels are shown in the last one",
    },
    {
      limit: "throughput-series",
      value: MAX_THROUGHPUT_SERIES,
      count: counts.throughputSeries,
      effect: "further flows with much data have sums, but no bytes over time",
    },
    {
      limit: "icmp-errors",
      value: MAX_ICMP_ERRORS_KEPT,
      count: counts.icmpErrors,
      effect: "further ICMP errors are counted but not kept as evidence",
    },
    {
      limit: "fragmented-datagrams",
      value: MAX_FRAGMENTED_DATAGRAMS,
      count: counts.fragments,
      effect: "fragments whose first fragment may have been forgotten are in no connection",
    },
    {
      limit: "held-fragments",
      value: MAX_HELD_FRAGMENTS,
      count: counts.heldFragments,
      effect:
        "fragments that came too long before the first one of their packet are in no connection",
    },
    {
      limit: "dns-names",
      value: MAX_DNS_NAMED_ADDRESSES,
      count: counts.dnsAddresses,
      effect: "further addresses of DNS answers have no names",
    },
  ];
  return limits.filter((limit) => limit.count > 0);
}
