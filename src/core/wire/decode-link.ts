/**
 * The way into the decoders: one captured frame, whatever its link type.
 * Decoding is a loop over frames, not a recursion: a tunnel leaves its contents in the view (open-tunnel.ts), the loop below
 * takes them up. Each turn adds an IP layer or passes a service function chain's header (nsh.ts); their number is bounded.
 */
import { MAX_INNER_TURNS } from "../limits.ts";
import { decodeEtherType } from "./decode-ethertype.ts";
import { DecodeStop, Layer, LengthSource } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import { decodeEthernet, decodeInnerEthernet } from "./ethernet.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { LinkType } from "./link-type.ts";
import { decodeLinuxSll } from "./linux-sll.ts";
import { decodeLinuxSll2 } from "./linux-sll2.ts";
import { decodeMpls } from "./mpls.ts";
import { decodeNflog } from "./nflog.ts";
import { decodeNullLoopback } from "./null-loopback.ts";
import { closeTunnel } from "./open-tunnel.ts";
import { PacketType, type PacketView } from "./packet-view.ts";
import { decodeCiscoHdlc, decodePpp } from "./ppp.ts";
import { decodePppoe } from "./pppoe.ts";
import { decodeRawIp } from "./raw-ip.ts";
import { stopTooDeep, stopUnsupported } from "./stop-decoding.ts";

/**
 * Decodes the frame [offset, offset + capturedLength) of `view` into `packet`; nothing outside of it is read, whatever its
 * bytes say. The frame must lie inside the view. `wireLength` is the frame's length on the wire, 0 when unknown. Never throws;
 * `packet.stop` says why decoding ended early, and the layers before that are good.
 */
export function decodeFrame(
  view: DataView,
  offset: number,
  capturedLength: number,
  wireLength: number,
  linkType: number,
  packet: PacketView,
): void {
  const end = offset + capturedLength;
  resetPacket(packet, offset, end, wireLength);
  if (linkType === LinkType.Ethernet) decodeEthernet(view, offset, end, packet);
  else decodeOtherLink(view, offset, end, linkType, packet);
  for (let turns = 0; packet.innerEtherType !== 0; turns++) {
    if (turns === MAX_INNER_TURNS) {
      return stopTooDeep(packet, Layer.Link, packet.innerOffset, MAX_INNER_TURNS);
    }
    decodeTunnelContents(view, packet);
  }
}

function resetPacket(packet: PacketView, offset: number, end: number, wireLength: number): void {
  packet.frameOffset = offset;
  packet.frameEnd = end;
  packet.wireLength = wireLength;
  packet.hasMac = 0;
  packet.srcMacHigh = 0;
  packet.srcMacLow = 0;
  packet.dstMacHigh = 0;
  packet.dstMacLow = 0;
  packet.sllPacketType = PacketType.None;
  packet.sllInterface = 0;
  packet.vlan = -1;
  packet.innerVlan = -1;
  packet.vlanTags = 0;
  packet.etherType = 0;
  packet.depth = 0;
  packet.stop = DecodeStop.None;
  packet.stopLayer = Layer.Link;
  packet.stopOffset = 0;
  packet.stopRequired = 0;
  packet.stopAvailable = 0;
  packet.stopLengthSource = LengthSource.Captured;
  // A file that claims fewer bytes on the wire than it holds is wrong about the wire.
  packet.contentEnd = offset + wireLength > end ? offset + wireLength : end;
  packet.endSource = LengthSource.Captured;
  packet.inFragment = 0;
  packet.innerEtherType = 0;
  packet.innerIsKnown = 0;
}

function decodeOtherLink(
  view: DataView,
  offset: number,
  end: number,
  linkType: number,
  packet: PacketView,
): void {
  switch (linkType) {
    case LinkType.LinuxSll2:
      return decodeLinuxSll2(view, offset, end, packet);
    case LinkType.LinuxSll:
      return decodeLinuxSll(view, offset, end, packet);
    case LinkType.Raw:
    case LinkType.RawDlt:
    case LinkType.RawDltOpenBsd:
      return decodeRawIp(view, offset, end, packet);
    case LinkType.Ipv4:
      return decodeIpv4(view, offset, end, packet);
    case LinkType.Ipv6:
      return decodeIpv6(view, offset, end, packet);
    case LinkType.Null:
    case LinkType.Loop:
      return decodeNullLoopback(view, offset, end, packet);
    case LinkType.Nflog:
      return decodeNflog(view, offset, end, packet);
    case LinkType.Ppp:
    case LinkType.PppHdlc:
      return decodePpp(view, offset, end, packet);
    case LinkType.PppWithDirection:
      return decodePpp(view, offset + 1, end, packet);
    case LinkType.PppEther:
      return decodePppoe(view, offset, end, packet);
    case LinkType.CiscoHdlc:
      return decodeCiscoHdlc(view, offset, end, packet);
    case LinkType.Mpls:
      return decodeMpls(view, offset, end, packet);
    default:
      return stopUnsupported(packet, Layer.LinkType, offset);
  }
}

/** One turn of the loop: what the innermost IP layer's tunnel carries. */
function decodeTunnelContents(view: DataView, packet: PacketView): void {
  const { innerEtherType, innerOffset, innerEnd } = packet;
  const carrier = packet.layers[packet.depth - 1];
  packet.innerEtherType = 0;
  packet.innerIsKnown = 0;
  if (innerEtherType === EtherType.Ethernet) {
    decodeInnerEthernet(view, innerOffset, innerEnd, packet);
  } else {
    decodeEtherType(view, innerOffset, innerEnd, packet, innerEtherType, false);
  }
  // Behind a header that only leads on, nobody knows yet.
  const isPending = packet.innerEtherType !== 0;
  if (packet.innerIsKnown === 0 && !isPending && carrier !== undefined)
    closeTunnel(packet, carrier);
}
