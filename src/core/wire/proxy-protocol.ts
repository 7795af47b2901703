/**
 * PROXY protocol header (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt): the true client of a connection that a
 * load balancer opened, in front of the first payload bytes.
 *
 *   version 1:  PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n                        at most 107 bytes
 *   version 2:  | 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a | version 2, command (1) | family, transport (1) | length (2) |
 *               | addresses and ports | TLVs: type (1), length (2), value ... |
 */
import { formatIpv4, formatIpv6 } from "../address/ip-text.ts";
import { parseProxyHeaderV1 } from "./proxy-protocol-v1.ts";

export interface ProxyAddress {
  readonly address: string;
  readonly port: number;
}

export interface ParsedProxyHeader {
  readonly version: 1 | 2;
  readonly command: "PROXY" | "LOCAL";
  /** Null for LOCAL, UNKNOWN, UNSPEC and Unix sockets. */
  readonly source: ProxyAddress | null;
  readonly destination: ProxyAddress | null;
  /** AWS VPC endpoint id (TLV 0xEA, subtype 1), when present. */
  readonly vpcEndpointId?: string;
  /** Bytes of the header. */
  readonly length: number;
}

const V2_FIXED_LENGTH = 16;
const COMMAND_LOCAL = 0;
const COMMAND_PROXY = 1;
const FAMILY_INET = 1;
const FAMILY_INET6 = 2;
/** PP2_TYPE_AWS and its subtype PP2_SUBTYPE_AWS_VPCE_ID (NLB documentation, "Proxy protocol"). */
const TLV_AWS = 0xea;
const AWS_VPC_ENDPOINT_ID = 1;
const MAX_ENDPOINT_ID_LENGTH = 128;

/** Whether bytes that start at `offset` may be a PROXY header: a few reads, for every first segment of a connection. */
export function looksLikeProxyHeader(view: DataView, offset: number, end: number): boolean {
  if (offset + 12 > end) return false;
  const first = view.getUint32(offset);
  if (first === 0x0d0a0d0a) {
    return view.getUint32(offset + 4) === 0x000d0a51 && view.getUint32(offset + 8) === 0x5549540a;
  }
  return first === 0x50524f58 && view.getUint16(offset + 4) === 0x5920; // "PROX" "Y "
}

/** The header at `offset`, or null when there is none, it is invalid, or its end was not captured. Never throws. */
export function parseProxyHeader(
  view: DataView,
  offset: number,
  end: number,
): ParsedProxyHeader | null {
  if (!looksLikeProxyHeader(view, offset, end)) return null;
  if (view.getUint8(offset) !== 0x0d) return parseProxyHeaderV1(view, offset, end);
  return parseVersion2(view, offset, end);
}

function parseVersion2(view: DataView, offset: number, end: number): ParsedProxyHeader | null {
  if (offset + V2_FIXED_LENGTH > end) return null;
  const versionAndCommand = view.getUint8(offset + 12);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >>> 4 !== 2 || command > COMMAND_PROXY) return null;
  const length = V2_FIXED_LENGTH + view.getUint16(offset + 14);
  const headerEnd = offset + length;
  if (headerEnd > end) return null;
  const start = offset + V2_FIXED_LENGTH;

  // Families without a defined layout (unspecified, or from the future) have no addresses for us, and no known start of TLVs.
  const family = view.getUint8(offset + 13) >>> 4;
  const addressLength = family === FAMILY_INET ? 4 : family === FAMILY_INET6 ? 16 : 0;
  const tlvStart = addressLength === 0 ? start : start + 2 * addressLength + 4;
  if (command === COMMAND_PROXY && tlvStart > headerEnd) return null;
  const endpointId = family <= FAMILY_INET6 ? findVpcEndpointId(view, tlvStart, headerEnd) : null;
  const extra = endpointId === null ? {} : { vpcEndpointId: endpointId };
  // LOCAL is a health check of the balancer itself: its addresses, if any, are to be ignored.
  if (command === COMMAND_LOCAL || addressLength === 0) {
    const name = command === COMMAND_LOCAL ? "LOCAL" : "PROXY";
    return { version: 2, command: name, source: null, destination: null, length, ...extra };
  }
  const ports = start + 2 * addressLength;
  const source = readAddress(view, start, addressLength, ports);
  const destination = readAddress(view, start + addressLength, addressLength, ports + 2);
  return { version: 2, command: "PROXY", source, destination, length, ...extra };
}

function readAddress(
  view: DataView,
  offset: number,
  addressLength: number,
  portOffset: number,
): ProxyAddress {
  const address =
    addressLength === 4
      ? formatIpv4(view.getInt32(offset))
      : formatIpv6(
          view.getInt32(offset),
          view.getInt32(offset + 4),
          view.getInt32(offset + 8),
          view.getInt32(offset + 12),
        );
  return { address, port: view.getUint16(portOffset) };
}

/** The value of the first AWS endpoint id among the TLVs [offset, end); null without one. Damage ends the search. */
function findVpcEndpointId(view: DataView, offset: number, end: number): string | null {
  let start = offset;
  while (start + 3 <= end) {
    const type = view.getUint8(start);
    const valueLength = view.getUint16(start + 1);
    const valueEnd = start + 3 + valueLength;
    if (valueEnd > end) return null;
    if (type === TLV_AWS && valueLength > 1 && view.getUint8(start + 3) === AWS_VPC_ENDPOINT_ID) {
      return readEndpointId(view, start + 4, valueEnd);
    }
    start = valueEnd;
  }
  return null;
}

/** Endpoint ids are "vpce-" and hex digits; bytes that cannot be one are not passed on to anybody's terminal. */
function readEndpointId(view: DataView, offset: number, end: number): string | null {
  if (end - offset > MAX_ENDPOINT_ID_LENGTH) return null;
  let text = "";
  for (let at = offset; at < end; at++) text += String.fromCharCode(view.getUint8(at));
  return /^[A-Za-z0-9-]+$/.test(text) ? text : null;
}
