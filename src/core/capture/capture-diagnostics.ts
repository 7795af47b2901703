/** The oddities that reading a capture file can meet. */
import type { DiagnosticKind } from "../diagnostics/diagnostic.ts";

export const HEADER_TRUNCATED: DiagnosticKind = {
  code: "capture.header-truncated",
  severity: "error",
  hint: "The file ends inside its own header: copy it again, or capture again.",
};
export const RECORD_TRUNCATED: DiagnosticKind = {
  code: "capture.record-truncated",
  severity: "warning",
  hint: "The file was cut (capture tool killed, disk full, or copied while being written); every whole record before the cut was used. Stop tcpdump with SIGINT, or use -U.",
};
export const RECORD_DAMAGED: DiagnosticKind = {
  code: "capture.record-damaged",
  severity: "error",
  hint: "Nothing after this place was read, because no sixteen records in a row follow it; every record before it was used. Copy the file again in binary mode, or repair it with pcapfix.",
};
export const BYTES_SKIPPED: DiagnosticKind = {
  code: "capture.bytes-skipped",
  severity: "error",
  hint: "Records in the skipped bytes are missing, those before and behind were used. Copy the file again in binary mode.",
};
export const BLOCK_DAMAGED: DiagnosticKind = {
  code: "capture.block-damaged",
  severity: "error",
  hint: "Nothing after this pcapng block could be read; every record before it was used. Copy the file again in binary mode.",
};
export const RECORD_SHORTENED: DiagnosticKind = {
  code: "capture.record-shortened",
  severity: "error",
  hint: "A record claims more bytes than its block holds or than any capture tool writes; the bytes that are there were used.",
};
export const BLOCK_MALFORMED: DiagnosticKind = {
  code: "capture.block-malformed",
  severity: "error",
  hint: "A pcapng block is too short for its kind; it was stepped over.",
};
export const BLOCKS_SKIPPED: DiagnosticKind = {
  code: "capture.blocks-skipped",
  severity: "note",
  hint: "The file also holds blocks that are no packets, such as logs, keys or a vendor's own; they were counted and stepped over.",
};
export const OPTION_MALFORMED: DiagnosticKind = {
  code: "capture.option-malformed",
  severity: "warning",
  hint: "An option of a pcapng block does not fit it; the options before it were used.",
};
export const INTERFACE_UNKNOWN: DiagnosticKind = {
  code: "capture.interface-unknown",
  severity: "error",
  hint: "Records name an interface that the file does not describe, so their link type is not known; they are counted but not decoded.",
};
export const INTERFACE_LIMIT: DiagnosticKind = {
  code: "capture.interface-limit",
  severity: "warning",
  hint: "The file describes more interfaces than podpath keeps apart; the surplus is shown as the last one.",
};
export const SECTION_VERSION: DiagnosticKind = {
  code: "capture.section-version",
  severity: "error",
  hint: "A pcapng section of an unknown major version was stepped over; convert the file with a newer tool.",
};
export const VERSION_UNKNOWN: DiagnosticKind = {
  code: "capture.version-unknown",
  severity: "warning",
  hint: "The file names a pcap version other than 2.4; it was read as 2.4, check that the numbers make sense.",
};
export const LINK_TYPE_RESERVED_BITS: DiagnosticKind = {
  code: "capture.link-type-reserved-bits",
  severity: "warning",
  hint: "The file header's link-type word has bits set that the format reserves; the low 16 bits were taken as the link type.",
};
export const TIME_FRACTION: DiagnosticKind = {
  code: "capture.time-fraction-too-large",
  severity: "warning",
  hint: "A time's fraction is a second or more; whole seconds were carried over. The writer may have mixed micro- and nanoseconds.",
};
export const TIME_OUT_OF_RANGE: DiagnosticKind = {
  code: "capture.time-out-of-range",
  severity: "warning",
  hint: "A time before 1970 or after 2106 was clamped; check the interface's if_tsresol and if_tsoffset.",
};
export const TIME_MISSING: DiagnosticKind = {
  code: "capture.time-missing",
  severity: "warning",
  hint: "Simple Packet Blocks carry no time; such a record was given the time of the record before it.",
};
export const LENGTH_INCONSISTENT: DiagnosticKind = {
  code: "capture.length-inconsistent",
  severity: "note",
  hint: "A record holds more bytes than it says were on the wire; both numbers were taken as written.",
};
export const CONCATENATED: DiagnosticKind = {
  code: "capture.concatenated",
  severity: "note",
  hint: "Several captures were put into one file with cat; each was read with its own header. mergecap joins captures properly.",
};
export const TEXT_LIMIT: DiagnosticKind = {
  code: "capture.text-limit",
  severity: "note",
  hint: "The file has more names and comments than podpath keeps; the surplus was counted only.",
};
export const ZERO_HOLE: DiagnosticKind = {
  code: "capture.zero-hole",
  severity: "error",
  hint: "A crash or a full disk left a hole in the file. Nothing behind its beginning was read; if packets follow it, cut the file there and give the parts.",
};
export const RECORD_ZERO: DiagnosticKind = {
  code: "capture.record-zero",
  severity: "warning",
  hint: "Records of nothing but zeros are what a crash or a full disk leaves in the place of packets; they hold no packet, so some may be missing.",
};
export const PARTS_OVERLAP: DiagnosticKind = {
  code: "capture.parts-overlap",
  severity: "warning",
  hint: "Files that look like parts of one rotated capture overlap in time; if they are captures of their own, give them names of their own, or packets may be counted twice.",
};
