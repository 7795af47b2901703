/** What an input is, by its first bytes and never by its name. */
import { describeForeignFormat, sniffCapture } from "../core/capture/capture-format.ts";
import type { CaptureFormat } from "../core/capture/capture-info.ts";
import type { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import type { ByteOrigin } from "./byte-origin.ts";
import { type Compression, sniffCompression } from "./compression.ts";
import { isTarHeader } from "./tar-bundle.ts";
import { UnpackOrigin } from "./unpack-source.ts";

/** Enough for every magic number, a tar header and a fair sample of a text. */
const HEAD_BYTES = 4096;

export type Recognised =
  | { readonly kind: "capture"; readonly format: CaptureFormat; readonly content: ByteOrigin }
  | { readonly kind: "text"; readonly format: "text"; readonly content: ByteOrigin }
  | { readonly kind: "bundle"; readonly format: "tar"; readonly content: ByteOrigin }
  | { readonly kind: "empty" }
  /** `what` it seems to be and what to do, or its first bytes. */
  | { readonly kind: "unknown"; readonly what: string; readonly advice: string };

/** `compression` is set when `content` is the unpacked view of a compressed input. */
export async function recognise(
  origin: ByteOrigin,
  file: string,
  log: DiagnosticLog,
): Promise<{ readonly is: Recognised; readonly compression: Compression | null }> {
  const head = await origin.peek(HEAD_BYTES);
  const compression = sniffCompression(head);
  if (compression === null) return { is: recogniseHead(head, origin), compression };
  const unpacked = new UnpackOrigin(origin, compression, file, log);
  const start = await unpacked.peek(HEAD_BYTES);
  if (start.length > 0) return { is: recogniseHead(start, unpacked), compression };
  const what = `is ${compression}-compressed and unpacks to nothing`;
  const advice = "Copy it again, or capture again.";
  return { is: { kind: "unknown", what, advice }, compression };
}

function recogniseHead(head: Uint8Array, content: ByteOrigin): Recognised {
  if (head.length === 0) return { kind: "empty" };
  const format = sniffCapture(head);
  if (format !== null) return { kind: "capture", format, content };
  if (isTarHeader(head)) return { kind: "bundle", format: "tar", content };
  if (isText(head)) return { kind: "text", format: "text", content };
  const foreign = describeForeignFormat(head);
  if (foreign !== null) {
    return { kind: "unknown", what: `this is ${foreign.name}`, advice: `${foreign.advice}.` };
  }
  const first = Buffer.from(head.subarray(0, 16))
    .toString("hex")
    .replace(/(..)(?=.)/g, "$1 ");
  return {
    kind: "unknown",
    what: `neither a capture nor text; it begins with ${first}`,
    advice:
      "podpath reads pcap, pcapng, text, and tar bundles of them, also with gzip, zstd or lz4.",
  };
}

/** UTF-16 with a byte-order mark (PowerShell's `>`), or no NUL and hardly any control character. */
function isText(head: Uint8Array): boolean {
  if (utf16Order(head) !== null) return true;
  let odd = 0;
  for (const byte of head) {
    if (byte === 0) return false;
    const isBlank = byte >= 0x09 && byte <= 0x0d;
    if ((byte < 0x20 && !isBlank && byte !== 0x1b) || byte === 0x7f) odd += 1;
  }
  return odd * 20 <= head.length;
}

function utf16Order(head: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (head.length < 4 || (head.length % 2 !== 0 && head.length < HEAD_BYTES)) return null;
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : null;
}

/** Text of a snapshot file: UTF-8, or UTF-16 as its byte-order mark says; the mark itself is left out. */
export function decodeText(bytes: Uint8Array): string {
  const order = utf16Order(bytes.subarray(0, HEAD_BYTES)) ?? "utf-8";
  return new TextDecoder(order).decode(bytes);
}
