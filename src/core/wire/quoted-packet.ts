/**
 * The packet that an ICMP error quotes: its IP header and at least 8 bytes more (RFC 792; RFC 1812 section 4.3.2.3 and RFC 4443
 * ask for as much as fits). A quote is cut by nature: what is missing at its end is no stop, except for the IP header itself.
 */
import { MAX_IPV6_EXTENSIONS } from "../limits.ts";
import { authenticationHeaderLength } from "./authentication-header.ts";
import { Layer, LengthSource } from "./decode-stop.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { commonExtensionLength, isCommonExtension } from "./ipv6-extension.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort } from "./stop-decoding.ts";

const IPV4_MIN_HEADER_LENGTH = 20;
const IPV6_HEADER_LENGTH = 40;
const ICMP_ECHO = 8;
const ICMP_ECHO_REPLY = 0;
const ICMPV6_ECHO_REQUEST = 128;
const ICMPV6_ECHO_REPLY = 129;

/** Fills `packet.quoted` and marks `layer` once the addresses were read; ports (or echo identifier) when they are there. */
export function decodeQuotedPacket(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (offset >= end) {
    return stopShort(packet, Layer.Quoted, offset, IPV4_MIN_HEADER_LENGTH, end);
  }
  const version = view.getUint8(offset) >>> 4;
  if (version !== 4 && version !== 6) {
    return stopMalformed(packet, Layer.Quoted, offset, 4, version, LengthSource.HeaderLength);
  }
  const required = version === 4 ? IPV4_MIN_HEADER_LENGTH : IPV6_HEADER_LENGTH;
  if (offset + required > end) return stopShort(packet, Layer.Quoted, offset, required, end);
  const quoted = packet.quoted;
  quoted.reset();
  quoted.version = version;
  quoted.headerOffset = offset;
  if (version === 4) readQuotedIpv4(view, offset, quoted);
  else readQuotedIpv6(view, offset, end, quoted);
  if (quoted.transportOffset < quoted.headerOffset + required) {
    return stopMalformed(
      packet,
      Layer.Quoted,
      offset,
      required,
      quoted.transportOffset - offset,
      LengthSource.HeaderLength,
    );
  }
  layer.hasQuoted = 1;
  quoted.payloadOffset = Math.min(quoted.transportOffset, end);
  quoted.payloadEnd = end;
  if (quoted.fragmentOffset === 0) readQuotedPorts(view, end, quoted);
}

function readQuotedIpv4(view: DataView, offset: number, quoted: IpLayer): void {
  const headerLength = (view.getUint8(offset) & 0x0f) * 4;
  const flagsAndOffset = view.getUint16(offset + 6);
  quoted.ipId = view.getUint16(offset + 4);
  quoted.fragmentOffset = (flagsAndOffset & 0x1fff) * 8;
  quoted.moreFragments = flagsAndOffset & 0x2000 ? 1 : 0;
  quoted.ttl = view.getUint8(offset + 8);
  quoted.protocol = view.getUint8(offset + 9);
  quoted.src0 = view.getInt32(offset + 12);
  quoted.dst0 = view.getInt32(offset + 16);
  quoted.transportOffset = offset + headerLength;
  quoted.transportLength = Math.max(view.getUint16(offset + 2) - headerLength, 0);
}

function readQuotedIpv6(view: DataView, offset: number, end: number, quoted: IpLayer): void {
  quoted.protocol = view.getUint8(offset + 6);
  quoted.ttl = view.getUint8(offset + 7);
  quoted.src0 = view.getInt32(offset + 8);
  quoted.src1 = view.getInt32(offset + 12);
  quoted.src2 = view.getInt32(offset + 16);
  quoted.src3 = view.getInt32(offset + 20);
  quoted.dst0 = view.getInt32(offset + 24);
  quoted.dst1 = view.getInt32(offset + 28);
  quoted.dst2 = view.getInt32(offset + 32);
  quoted.dst3 = view.getInt32(offset + 36);
  quoted.transportOffset = offset + IPV6_HEADER_LENGTH;
  const contentEnd = quoted.transportOffset + view.getUint16(offset + 4);
  for (let headers = 0; headers < MAX_IPV6_EXTENSIONS; headers++) {
    const length = quotedExtensionLength(view, end, quoted);
    if (length === 0) break;
    quoted.protocol = view.getUint8(quoted.transportOffset);
    quoted.transportOffset += length;
    if (quoted.fragmentOffset !== 0) break;
  }
  quoted.transportLength = Math.max(contentEnd - quoted.transportOffset, 0);
}

/** Bytes of the extension header at the transport offset; 0 when there is none or too little of it was quoted. */
function quotedExtensionLength(view: DataView, end: number, quoted: IpLayer): number {
  const offset = quoted.transportOffset;
  if (offset + 8 > end) return 0;
  if (isCommonExtension(quoted.protocol)) return commonExtensionLength(view.getUint8(offset + 1));
  if (quoted.protocol === IpProtocol.AuthenticationHeader) {
    return authenticationHeaderLength(view.getUint8(offset + 1));
  }
  if (quoted.protocol !== IpProtocol.Fragment) return 0;
  const offsetAndFlags = view.getUint16(offset + 2);
  quoted.fragmentOffset = offsetAndFlags & 0xfff8;
  quoted.moreFragments = offsetAndFlags & 1;
  quoted.ipId = view.getUint32(offset + 4);
  return 8;
}

function readQuotedPorts(view: DataView, end: number, quoted: IpLayer): void {
  const offset = quoted.transportOffset;
  switch (quoted.protocol) {
    case IpProtocol.Tcp:
    case IpProtocol.Udp:
    case IpProtocol.Sctp:
      if (offset + 4 > end) return;
      quoted.hasPorts = 1;
      quoted.srcPort = view.getUint16(offset);
      quoted.dstPort = view.getUint16(offset + 2);
      if (quoted.protocol === IpProtocol.Tcp && offset + 8 <= end) {
        quoted.tcpSequence = view.getUint32(offset + 4);
      }
      return;
    case IpProtocol.Icmp:
    case IpProtocol.Icmpv6:
      return readQuotedEcho(view, offset, end, quoted);
    default:
      return;
  }
}

function readQuotedEcho(view: DataView, offset: number, end: number, quoted: IpLayer): void {
  if (offset + 8 > end) return;
  const type = view.getUint8(offset);
  quoted.icmpType = type;
  quoted.icmpCode = view.getUint8(offset + 1);
  const isEcho =
    quoted.protocol === IpProtocol.Icmp
      ? type === ICMP_ECHO || type === ICMP_ECHO_REPLY
      : type === ICMPV6_ECHO_REQUEST || type === ICMPV6_ECHO_REPLY;
  if (!isEcho) return;
  quoted.hasPorts = 1;
  quoted.srcPort = view.getUint16(offset + 4);
  quoted.dstPort = quoted.srcPort;
  quoted.icmpSequence = view.getUint16(offset + 6);
}
