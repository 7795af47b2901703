/** ICMP and ICMPv6 echo (RFC 792, RFC 4443 section 4): who asked. */
import { IpProtocol } from "../wire/ip-protocol.ts";
import type { IpLayer } from "../wire/packet-view.ts";

const ECHO_REQUEST = 8;
const ECHO_REPLY = 0;
const ECHO_REQUEST_V6 = 128;
const ECHO_REPLY_V6 = 129;

export function isEchoRequest(layer: IpLayer): boolean {
  if (layer.hasPorts === 0) return false;
  return layer.icmpType === (layer.protocol === IpProtocol.Icmpv6 ? ECHO_REQUEST_V6 : ECHO_REQUEST);
}

/** Whoever gets the reply asked, also where the request was not captured. */
export function isEchoReply(layer: IpLayer): boolean {
  if (layer.hasPorts === 0) return false;
  if (layer.protocol === IpProtocol.Icmpv6) return layer.icmpType === ECHO_REPLY_V6;
  return layer.protocol === IpProtocol.Icmp && layer.icmpType === ECHO_REPLY;
}

/** An echo reply from an address to itself: source and destination do not tell it from its request. */
export function isEchoReplyToSelf(layer: IpLayer): boolean {
  return (
    isEchoReply(layer) &&
    layer.src0 === layer.dst0 &&
    layer.src1 === layer.dst1 &&
    layer.src2 === layer.dst2 &&
    layer.src3 === layer.dst3
  );
}
