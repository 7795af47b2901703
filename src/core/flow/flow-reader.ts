/** From a row of the flow table to the plain value that the rest of the program works with. */
import { Encapsulation, Sealed } from "../wire/packet-view.ts";
import type { ContextTable } from "./context-table.ts";
import { type DirectionParts, readDirection } from "./direction-reader.ts";
import {
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_PORTS,
  ROW_TRAITS,
  TRAIT_CARRIES_MASK,
  TRAIT_CARRIES_SHIFT,
  TRAIT_REQUEST_BY_A,
  TRAIT_REQUEST_BY_B,
  TRAIT_SEALED_MASK,
  TRAIT_SEALED_SHIFT,
  TRAIT_SERIES_MASK,
  TRAIT_SERIES_SHIFT,
} from "./flow-columns.ts";
import { kindHasPorts, kindIsVersion6, kindProtocol } from "./flow-key.ts";
import type {
  EncapsulationKind,
  FlowEncapsulation,
  FlowEndpoint,
  FlowObservation,
  HttpRequestHeader,
  ProxyHeader,
  Tap,
} from "./flow-observation.ts";
import type { FlowRows } from "./flow-rows.ts";
import type { IcmpErrorList } from "./icmp-errors.ts";
import type { ThroughputTable } from "./throughput.ts";

/** The tables that together hold what is known about a row. */
export interface FlowParts extends DirectionParts {
  readonly rows: FlowRows;
  readonly contexts: ContextTable;
  readonly icmpErrors: IcmpErrorList;
  readonly proxyHeaders: ReadonlyMap<number, ProxyHeader>;
  readonly httpRequests: ReadonlyMap<number, HttpRequestHeader>;
  readonly throughput: ThroughputTable;
}

/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  58: "icmpv6",
  132: "sctp",
};

const ENCAPSULATION_KINDS: Readonly<Record<number, EncapsulationKind>> = {
  [Encapsulation.Vxlan]: "vxlan",
  [Encapsulation.Geneve]: "geneve",
  [Encapsulation.Gre]: "gre",
  [Encapsulation.GreTeb]: "gre-teb",
  [Encapsulation.IpIp]: "ipip",
  [Encapsulation.SixInFour]: "6in4",
};

/** "tcp", "udp" ..., or "ip<number>", of a row's kind (flow-key.ts). */
export function protocolName(kind: number): string {
  const protocol = kindProtocol(kind);
  return PROTOCOL_NAMES[protocol] ?? `ip${protocol}`;
}

/** The IANA number of a protocol's name. */
export function protocolNumber(name: string): number {
  return PROTOCOL_NUMBERS.get(name) ?? Number(name.slice(2));
}
const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map(
  Object.entries(PROTOCOL_NAMES).map(([number, name]) => [name, Number(number)]),
);

/** @param tap by index, so that rows of one tap share one value */
export function readObservation(
  parts: FlowParts,
  row: number,
  tap: (index: number) => Tap,
): FlowObservation {
  const { rows, contexts } = parts;
  const kind = rows.kind(row);
  const context = rows.context(row);
  const ports = rows.word(row, ROW_PORTS);
  const traits = rows.word(row, ROW_TRAITS);
  const httpRequest = parts.httpRequests.get(row);
  const series = (traits & TRAIT_SERIES_MASK) >> TRAIT_SERIES_SHIFT;
  const sealed = (traits & TRAIT_SEALED_MASK) >> TRAIT_SEALED_SHIFT;
  return {
    id: row,
    tap: tap(contexts.tap(context)),
    protocol: protocolName(kind),
    a: endpoint(parts, kind, rows.word(row, ROW_ADDRESS_A), ports >>> 16),
    b: endpoint(parts, kind, rows.word(row, ROW_ADDRESS_B), ports & 0xffff),
    forward: readDirection(parts, row * 2),
    backward: readDirection(parts, row * 2 + 1),
    encapsulation: encapsulation(parts, context, rows.outer(row)),
    carries: ENCAPSULATION_KINDS[(traits & TRAIT_CARRIES_MASK) >> TRAIT_CARRIES_SHIFT] ?? null,
    sealed: sealed === Sealed.WireGuard ? "wireguard" : sealed === Sealed.Esp ? "esp" : null,
    echoRequester: echoRequester(traits),
    fragments: rows.fragments.get(row),
    icmpErrors: parts.icmpErrors.list(row, rows.addresses),
    proxyHeader: parts.proxyHeaders.get(row) ?? null,
    ...(httpRequest === undefined ? {} : { httpRequest }),
    ...(series === 0 ? {} : { throughput: parts.throughput.read(series - 1) }),
  };
}

function endpoint(parts: FlowParts, kind: number, address: number, port: number): FlowEndpoint {
  return {
    address: parts.rows.addresses.text(address, kindIsVersion6(kind)),
    port: kindHasPorts(kind) ? port : null,
  };
}

function encapsulation(parts: FlowParts, context: number, outer: number): FlowEncapsulation | null {
  const { contexts } = parts;
  const kind = contexts.isTunnel(context)
    ? ENCAPSULATION_KINDS[contexts.encapsulation(context)]
    : undefined;
  if (kind === undefined) return null;
  return { kind, vni: contexts.vni(context), depth: contexts.depth(context), outer };
}

function echoRequester(traits: number): "a" | "b" | null {
  if ((traits & TRAIT_REQUEST_BY_A) !== 0) return "a";
  return (traits & TRAIT_REQUEST_BY_B) !== 0 ? "b" : null;
}
