/** Magic numbers of the capture formats, and what a file that is no capture of ours seems to be. */
import type { CaptureFormat } from "./capture-info.ts";

/** First words of a classic pcap file, read in the file's byte order (draft-ietf-opsawg-pcap section 4). */
export const PCAP_MAGIC_MICROS = 0xa1b2c3d4;
export const PCAP_MAGIC_NANOS = 0xa1b23c4d;
/** Alexey Kuznetzov's modified format: records carry interface index, protocol and packet type as well. */
export const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;
/** IXIA's "lcap": classic pcap with four more bytes, the length of all records, behind the file header; nano- and microseconds. */
export const PCAP_MAGIC_IXIA_HARDWARE = 0x1c0001ac;
const PCAP_MAGIC_IXIA_SOFTWARE = 0x1c0001ab;
/** Section Header Block type, the same in both byte orders (draft-ietf-opsawg-pcapng section 4.1). */
export const PCAPNG_SECTION_HEADER = 0x0a0d0d0a;
export const PCAPNG_BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** The file header of a classic pcap. */
export const PCAP_HEADER_LENGTH = 24;
export const IXIA_HEADER_LENGTH = 28;
/** Bytes that `sniffCapture` looks at. */
export const SNIFF_LENGTH = 12;

export function isPcapMagic(word: number): boolean {
  return (
    word === PCAP_MAGIC_MICROS ||
    word === PCAP_MAGIC_NANOS ||
    word === PCAP_MAGIC_MODIFIED ||
    isIxiaMagic(word)
  );
}

export function isIxiaMagic(word: number): boolean {
  return word === PCAP_MAGIC_IXIA_HARDWARE || word === PCAP_MAGIC_IXIA_SOFTWARE;
}

/** The capture format that these first bytes announce, null when none; at least 4 bytes (pcapng: 12) are needed. */
export function sniffCapture(bytes: Uint8Array): CaptureFormat | null {
  if (bytes.length < 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bigEndianWord = view.getUint32(0, false);
  if (isPcapMagic(bigEndianWord) || isPcapMagic(view.getUint32(0, true))) return "pcap";
  if (bigEndianWord !== PCAPNG_SECTION_HEADER) return null;
  // A section header cut before its byte-order magic is still a pcapng file, only a truncated one.
  if (bytes.length < SNIFF_LENGTH) return "pcapng";
  const orderMagic = view.getUint32(8, false);
  return orderMagic === PCAPNG_BYTE_ORDER_MAGIC || orderMagic === 0x4d3c2b1a ? "pcapng" : null;
}

interface ForeignFormat {
  readonly name: string;
  readonly advice: string;
  /** First bytes, hexadecimal. */
  readonly magic: string;
}

const CONVERT = "convert it with `editcap -F pcapng`";
const RECAPTURE_BINARY =
  "it went through a text-mode transfer or terminal that changed line ends; copy it in binary mode";

function unpackWith(program: string): string {
  return `give it through a pipe: \`${program} -dc FILE | podpath -\``;
}

const FOREIGN_FORMATS: readonly ForeignFormat[] = [
  { name: "a snoop capture (RFC 1761)", magic: "736e6f6f70000000", advice: CONVERT },
  { name: "a Microsoft Network Monitor capture", magic: "474d4255", advice: CONVERT },
  { name: "a NetXRay or Windows Sniffer capture", magic: "58435000", advice: CONVERT },
  { name: "a Sniffer capture", magic: "54525346204e4943", advice: CONVERT },
  { name: "a pcap variant of Navtel", magic: "a1e2cb12", advice: CONVERT },
  { name: "xz-compressed", magic: "fd377a585a00", advice: unpackWith("xz") },
  { name: "lzma-compressed", magic: "5d0000", advice: unpackWith("xz") },
  { name: "bzip2-compressed", magic: "425a68", advice: unpackWith("bzip2") },
  { name: "lzop-compressed", magic: "894c5a4f000d0a1a0a", advice: unpackWith("lzop") },
  { name: "compress-compressed (.Z)", magic: "1f9d", advice: unpackWith("gzip") },
  { name: "gzip-compressed twice", magic: "1f8b08", advice: unpackWith("gzip") },
  {
    name: "a pcapng file whose section header is damaged",
    magic: "0a0d0d0a",
    advice: "copy it again in binary mode",
  },
  { name: "a zip archive", magic: "504b0304", advice: "unpack it first" },
  { name: "a pcapng file with changed line ends", magic: "0a0d0a", advice: RECAPTURE_BINARY },
  { name: "a pcapng file with changed line ends", magic: "0a0a0a", advice: RECAPTURE_BINARY },
  { name: "a pcapng file with changed line ends", magic: "0d0a0d0d0a", advice: RECAPTURE_BINARY },
  { name: "a pcapng file with changed line ends", magic: "0d0a0d0d0d0a", advice: RECAPTURE_BINARY },
];

function startsWith(bytes: Uint8Array, magic: string): boolean {
  if (bytes.length * 2 < magic.length) return false;
  for (let index = 0; index * 2 < magic.length; index += 1) {
    if (bytes[index] !== Number.parseInt(magic.slice(index * 2, index * 2 + 2), 16)) return false;
  }
  return true;
}

/** Offset of a capture's magic number behind leading text, e.g. tcpdump's "listening on" line; -1 when there is none. */
function captureBehindText(bytes: Uint8Array): number {
  for (let offset = 1; offset + SNIFF_LENGTH <= bytes.length && offset < 4096; offset += 1) {
    if (bytes[offset - 1] !== 0x0a) continue;
    if (sniffCapture(bytes.subarray(offset)) !== null) return offset;
  }
  return -1;
}

/** Fewer zeros say nothing. */
const ZEROS_LENGTH = 24;

/** What bytes that `sniffCapture` does not know seem to be, and what to do; null when there is nothing to say. */
export function describeForeignFormat(bytes: Uint8Array): { name: string; advice: string } | null {
  const offset = captureBehindText(bytes);
  if (offset > 0) {
    return {
      name: `a capture behind ${offset} bytes of text`,
      advice:
        "messages of tcpdump (standard error) were written into it, as `kubectl exec -t` and `2>&1` do; capture again without them, or cut them off with `tail -c +" +
        `${offset + 1}\``,
    };
  }
  if (bytes.length >= ZEROS_LENGTH && bytes.every((byte) => byte === 0)) {
    const advice =
      "the disk was full, or the copy was interrupted; copy it again, or capture again";
    return { name: "a file that begins with nothing but zeros", advice };
  }
  for (const { name, advice, magic } of FOREIGN_FORMATS) {
    if (startsWith(bytes, magic)) return { name, advice };
  }
  return null;
}
