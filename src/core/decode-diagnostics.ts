/** Turns the decoders' counted stops into diagnostics: which layer, how many bytes it needed, how many there were, who said so. */
import type { CaptureResult } from "./analysis.ts";
import type { DiagnosticKind, DiagnosticLog } from "./diagnostics/diagnostic.ts";
import type { DecodeStopTally } from "./flow/decode-stops.ts";
import type { OverlapTally } from "./flow/fragment-tracker.ts";
import { DecodeStop, LAYER_NAMES, Layer, LengthSource } from "./wire/decode-stop.ts";
import { isReadableLinkType, linkTypeName } from "./wire/link-type.ts";

const CUT: DiagnosticKind = {
  code: "wire.header-cut",
  severity: "warning",
  hint: "Capture with a larger snaplen (tcpdump -s 0); addresses or ports behind the cut are not known.",
};
const MALFORMED: DiagnosticKind = {
  code: "wire.malformed",
  severity: "warning",
  hint: "Open the record in Wireshark; the layers before the broken one were used.",
};
const TOO_DEEP: DiagnosticKind = {
  code: "wire.too-deep",
  severity: "warning",
  hint: "More headers in one packet than podpath follows; the outer ones were used.",
};
const UNKNOWN_LINK: DiagnosticKind = {
  code: "wire.unknown-link-type",
  severity: "error",
  hint: "podpath does not decode this link type; capture on an Ethernet interface or with -i any.",
};

const FRAGMENTS_OVERLAP: DiagnosticKind = {
  code: "wire.fragments-overlap",
  severity: "warning",
  hint: "Fragments of one packet that overlap are an evasion attempt or a broken sender; receivers drop them (RFC 5722). Duplicates of whole fragments are not counted.",
};

/** One for each capture in which fragments overlap others of their packet. */
export function overlapDiagnostics(
  overlaps: readonly OverlapTally[],
  captures: readonly CaptureResult[],
  log: DiagnosticLog,
): void {
  for (const { capture, count, firstRecord } of overlaps) {
    const file = captures[capture]?.file;
    if (file === undefined) continue;
    const message = "a fragment brings bytes that another fragment of its packet brought";
    log.add(FRAGMENTS_OVERLAP, { file, record: firstRecord }, message, count);
  }
}

export function decodeDiagnostics(
  stops: readonly DecodeStopTally[],
  captures: readonly CaptureResult[],
  log: DiagnosticLog,
): void {
  for (const stop of stops) {
    const kind = kindOf(stop);
    const capture = captures[stop.capture];
    if (kind === null || capture === undefined) continue;
    log.add(
      kind,
      { file: capture.file, record: stop.firstRecord },
      sentence(stop, capture),
      stop.count,
    );
  }
}

/** Unsupported layers above the link are ordinary traffic, and counted in the accounting where no flow came of them. */
function kindOf(stop: DecodeStopTally): DiagnosticKind | null {
  if (stop.stop === DecodeStop.Truncated) return CUT;
  if (stop.stop === DecodeStop.Malformed) return MALFORMED;
  if (stop.stop === DecodeStop.TooDeep) return TOO_DEEP;
  return stop.stop === DecodeStop.Unsupported && stop.layer === Layer.LinkType
    ? UNKNOWN_LINK
    : null;
}

const DECIDED_BY: Readonly<Record<number, string>> = {
  [LengthSource.Captured]: "were captured",
  [LengthSource.Ipv4TotalLength]: "are there by the IPv4 total length",
  [LengthSource.Ipv6PayloadLength]: "are there by the IPv6 payload length",
  [LengthSource.UdpLength]: "are there by the UDP length",
  [LengthSource.HeaderLength]: "are there by the header's own length field",
};

function sentence(stop: DecodeStopTally, capture: CaptureResult): string {
  const layer = LAYER_NAMES[stop.layer] ?? "header";
  if (kindOf(stop) === UNKNOWN_LINK) {
    const unknown = capture.linkTypes.filter((one) => !isReadableLinkType(one));
    return `link type ${unknown.map(linkTypeName).join(", ")} is not decoded`;
  }
  if (stop.stop === DecodeStop.TooDeep)
    return `${layer} at byte ${stop.offset} of the frame lies too deep`;
  const needed = `${layer} at byte ${stop.offset} of the frame needs ${stop.required} bytes`;
  return `${needed}, ${stop.available} ${DECIDED_BY[stop.lengthSource] ?? "are there"}`;
}
