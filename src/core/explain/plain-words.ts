/** Numbers and times in sentences; independent of the locale. */

import { showEndpoint } from "../report/build-connection.ts";

interface EndInWords {
  readonly address: string;
  readonly port: number | null;
}

/** "10.0.1.11:40000"; the address alone where a port would be an identifier or is none. */
export function endWords(protocol: string, endpoint: EndInWords): string {
  const portLess =
    protocol.startsWith("icmp") || (protocol.startsWith("ip") && (endpoint.port ?? 0) === 0);
  return portLess ? endpoint.address : showEndpoint(endpoint);
}

/** "10.0.1.11:40000 → 203.0.113.9:443", an echo with its identifier; protocols without ports show none. */
export function tupleWords(
  protocol: string,
  { orig, resp }: { readonly orig: EndInWords; readonly resp: EndInWords },
): string {
  const end = (endpoint: EndInWords): string =>
    /^i[cp]/.test(protocol) && (endpoint.port ?? 0) === 0
      ? endpoint.address
      : showEndpoint(endpoint);
  return `${end(orig)} → ${end(resp)}`;
}

/** "1 packet", "1,234 packets". */
export function plainCount(count: number, one: string): string {
  const digits = count.toString().replace(/\B(?=(?:\d{3})+$)/g, ",");
  return `${digits} ${one}${count === 1 ? "" : "s"}`;
}

/** "at 2026-11-20 16:04:49.851932 UTC" or "between … and 16:04:49.858233 UTC", in microseconds as tcpdump shows. */
export function spanWords(first: string, last: string): string {
  if (first === last) return `at ${day(first)} ${clock(first)} UTC`;
  const end = day(first) === day(last) ? clock(last) : `${day(last)} ${clock(last)}`;
  return `between ${day(first)} ${clock(first)} and ${end} UTC`;
}

export function clock(time: string): string {
  return time.slice(11, 26);
}

function day(time: string): string {
  return time.slice(0, 10);
}

/** "35 µs", "1.20 ms", "2.5 s"; negative ones keep their sign. */
export function secondsWords(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.000_999_5) return `${Math.round(seconds * 1e6)} µs`;
  if (size < 0.999_5) return `${(seconds * 1000).toFixed(2)} ms`;
  return `${seconds.toFixed(1)} s`;
}
