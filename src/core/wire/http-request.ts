/**
 * The header of an HTTP/1 request (RFC 9112 section 2.1), as far as it says what a load balancer adds: the client in
 * X-Forwarded-For, or that the load balancer itself asks for its health check. Any sender can write either: what is read here is
 * a statement of whoever opened the connection.
 */
import { parseAddress } from "../address/ip-text.ts";
import { MAX_HTTP_HEADER_BYTES } from "../limits.ts";

export interface ForwardedFor {
  readonly address: string;
  /** Null: the header names none. */
  readonly port: number | null;
}

export interface HttpRequest {
  /**
   * The last address of X-Forwarded-For: the one that the sender of this request saw itself, as it appends to what its client
   * sent (ELB user guide, "HTTP headers and Application Load Balancers"). Null when there is none.
   */
  readonly forwardedFor: ForwardedFor | null;
  /** User-Agent ELB-HealthChecker. */
  readonly isHealthCheck: boolean;
}

/** "GET ", "POST" ...: three capitals, then a capital or a space. Any other payload is no request, and costs four bytes' reading. */
export function looksLikeHttpRequest(view: DataView, offset: number, end: number): boolean {
  if (end - offset < 16) return false;
  for (let at = offset; at < offset + 3; at++) if (!isCapital(view.getUint8(at))) return false;
  const fourth = view.getUint8(offset + 3);
  return fourth === SPACE || isCapital(fourth);
}

const SPACE = 0x20;

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/** Null when it is no request, or one that says neither. Lines that were not captured whole are not read. */
export function parseHttpRequest(view: DataView, offset: number, end: number): HttpRequest | null {
  const [requestLine = "", ...lines] = wholeLines(view, offset, end);
  if (!/^[A-Z]{3,16} [^ ]+ HTTP\/1\.[01]$/.test(requestLine)) return null;
  let forwardedFor: ForwardedFor | null = null;
  let isHealthCheck = false;
  for (const line of lines) {
    if (line === "") break;
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "x-forwarded-for") forwardedFor = parseLastAddress(value);
    if (name === "user-agent") isHealthCheck = value.startsWith("ELB-HealthChecker/");
  }
  return forwardedFor === null && !isHealthCheck ? null : { forwardedFor, isHealthCheck };
}

/** Lines that end in CR LF, without it. */
function wholeLines(view: DataView, offset: number, end: number): string[] {
  let text = "";
  const last = Math.min(end, offset + MAX_HTTP_HEADER_BYTES);
  for (let at = offset; at < last; at++) text += String.fromCharCode(view.getUint8(at));
  return text.split("\r\n").slice(0, -1);
}

/** "203.0.113.7", "203.0.113.7:51544", "2001:db8::1", "[2001:db8::1]:51544", each alone or behind others and a comma. */
function parseLastAddress(value: string): ForwardedFor | null {
  const last = value.slice(value.lastIndexOf(",") + 1).trim();
  if (last.includes("%")) return null;
  const alone = parseAddress(last);
  if (alone !== null) return { address: alone.text, port: null };
  const match = /^\[([^\]]+)\]:(\d{1,5})$/.exec(last) ?? /^([^:]+):(\d{1,5})$/.exec(last);
  const address = parseAddress(match?.[1] ?? "");
  const port = Number(match?.[2]);
  return address === null || port > 65_535 ? null : { address: address.text, port };
}
