/** What one capture can be trusted with. */

import { durationBetween } from "../report/parse-time.ts";
import type { Report, ReportCapture } from "../report/report.ts";
import { type Check, check } from "./checkup.ts";
import { type CaptureTally, NOTHING_SEEN } from "./survey.ts";

export function checkCapture(
  report: Report,
  capture: ReportCapture,
  seen: CaptureTally = NOTHING_SEEN,
): Check[] {
  return [
    ...readable(capture),
    ...drops(capture),
    ...snaplen(capture),
    place(report, capture, seen),
    ...clock(report, capture),
    ...oneSided(seen),
    ...missingSyns(seen),
    ...tail(seen),
    ...overlap(report, capture),
  ];
}

function readable({ records, diagnostics, firstSeen, lastSeen }: ReportCapture): Check[] {
  if (records === 0)
    return [
      check(
        "readable",
        "error",
        "holds no packet: nothing passed the filter, the interface was silent, or tcpdump was stopped before it wrote",
        "Capture again with -U and --immediate-mode, without a filter first.",
      ),
    ];
  const odd = diagnostics
    .filter(({ code }) => code !== "wire.header-cut")
    .map(({ code, severity, message, count, hint }) =>
      check(
        code,
        severity,
        `${message}${count === 1 ? "" : ` (and ${count - 1} more times)`}`,
        hint,
      ),
    );
  const span =
    firstSeen === null || lastSeen === null ? "" : ` over ${durationBetween(firstSeen, lastSeen)}`;
  const read = check("readable", "good", `${counted(records, "record")} read${span}`);
  return [read, ...odd];
}

/** As the capturing tool wrote them; pcapng only (ISB and epb_dropcount, draft-ietf-opsawg-pcapng sections 4.6 and 4.3). */
function drops({ drops: counters, format }: ReportCapture): Check[] {
  if (counters === undefined) {
    const message = format.startsWith("pcapng")
      ? "the file has no drop counters"
      : "classic pcap has no drop counters: read what tcpdump printed at its end";
    return [check("drops", "note", message)];
  }
  let lost = 0n;
  for (const {
    droppedByInterface = "0",
    droppedByOs = "0",
    droppedBetweenRecords = "0",
  } of counters) {
    const counted = BigInt(droppedByInterface) + BigInt(droppedByOs);
    const ofRecords = BigInt(droppedBetweenRecords);
    lost += counted > ofRecords ? counted : ofRecords;
  }
  if (lost === 0n) return [check("drops", "good", "nothing was dropped while capturing")];
  return [
    check(
      "drops",
      "warning",
      `${lost} packets were dropped while capturing: gaps may be the capture's, not the network's`,
      "Capture with a larger buffer (tcpdump -B 8192), a smaller snaplen (-s 128) or a filter.",
    ),
  ];
}

function snaplen(capture: ReportCapture): Check[] {
  const { snaplen: limit, bytes, capturedBytes, diagnostics } = capture;
  const cut = diagnostics.find(({ code }) => code === "wire.header-cut");
  if (cut !== undefined)
    return [
      check(
        "snaplen",
        "warning",
        `headers are cut${snaplenWords(limit)}, ${counted(cut.count, "record")}; first: ${cut.message}`,
        "Capture with tcpdump -s 256.",
      ),
    ];
  if (capturedBytes >= bytes) return [];
  const share = Math.floor((100 * capturedBytes) / bytes);
  return [
    check(
      "snaplen",
      "note",
      `payload was cut (${share} % of the bytes are there)${snaplenWords(limit)}; all headers are whole`,
    ),
  ];
}

/** Limits that no packet reaches did not cut: somebody else did. */
function snaplenWords(limit: number): string {
  return limit > 0 && limit < 65_535 ? ` by the snaplen of ${limit} bytes` : "";
}

function place(
  { vantagePoints }: Report,
  { id, records }: ReportCapture,
  { open }: CaptureTally,
): Check {
  const points = vantagePoints.filter(({ capture }) => capture === id);
  const unknown = points.filter(({ node, pod }) => node === undefined && pod === undefined);
  const names = [...new Set(points.map(({ node, pod }) => node ?? `pod ${pod ?? "unknown"}`))];
  if (points.length > 0 && unknown.length === 0) {
    const kinds = counted(points.length, "place");
    return check("vantage-point", "good", `taken on ${names.join(", ")}: ${kinds} identified`);
  }
  const advice =
    "Name it on the command line (NODE/IFACE=FILE or pod:NAMESPACE/NAME=FILE), or add `ip -j addr` of the node to the snapshot.";
  if (points.length === 0) {
    const why = records === 0 ? "it has no packet" : "none of its packets is in a connection";
    return check("vantage-point", "note", `where it was taken is not known: ${why}`, advice);
  }
  const [first] = unknown;
  const because = first === undefined || first.because === "" ? "" : `: ${first.because}`;
  const which = `${unknown.length} of ${counted(points.length, "place")} not identified${because}`;
  // A host outside the nodes needs no name where everything it saw is told.
  return check("vantage-point", open > 0 ? "warning" : "note", which, advice);
}

/** Below this nobody notices a clock; above it, times of two hosts cannot be held side by side by eye. */
const NOTICED_SECONDS = 0.001;

function clock({ captures }: Report, { clockOffset }: ReportCapture): Check[] {
  if (clockOffset === undefined) return [];
  const { reference, seconds, uncertaintySeconds, connections } = clockOffset;
  const other = captures.find(({ id }) => id === reference)?.file ?? reference;
  const size = Math.abs(seconds);
  const told = `(± ${milliseconds(uncertaintySeconds)}, told by ${counted(connections, "conversation")})`;
  if (size < NOTICED_SECONDS || size <= uncertaintySeconds)
    return [check("clock", "good", `its host's clock agrees with that of ${other} ${told}`)];
  const way = seconds > 0 ? "ahead of" : "behind";
  return [
    check(
      "clock",
      "note",
      `its host's clock is ${milliseconds(size)} ${way} that of ${other} ${told}; the order of hops is corrected for it, times are shown as captured`,
      "Let chrony keep the nodes' clocks.",
    ),
  ];
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(3)} ms`;
}

/** Both ways went on the wire, and this capture has one of them. */
function oneSided({ twoWay, half, firstHalf }: CaptureTally): Check[] {
  if (half === 0) return [];
  const text = `${half} of ${counted(twoWay, "connection")} show one direction only`;
  const example = firstHalf === null ? "" : ` (${firstHalf})`;
  if (half * 2 < twoWay || half < 2) return [check("one-sided", "note", `${text}${example}`)];
  return [
    check(
      "one-sided",
      "warning",
      `${text}${example}: the other way passes elsewhere, or the capture was told to see one way (-Q in, a mirror)`,
      "Capture with -i any on the node, without -Q.",
    ),
  ];
}

function missingSyns({ tcp, midStream }: CaptureTally): Check[] {
  if (midStream === 0) return [];
  return [
    check(
      "missing-syn",
      "note",
      `${midStream} of ${counted(tcp, "TCP connection")} began before the capture: who started them is told by ports or conntrack`,
      "Start the capture first, then the traffic.",
    ),
  ];
}

function tail({ cutAtTheEnd }: CaptureTally): Check[] {
  if (cutAtTheEnd === 0) return [];
  return [
    check(
      "tail",
      "note",
      `${counted(cutAtTheEnd, "exchange")} without an answer in the last second: the answers may have come after the end`,
      "Let the capture run some seconds longer than the traffic; use -U and --immediate-mode.",
    ),
  ];
}

function overlap({ captures }: Report, { id, firstSeen, lastSeen }: ReportCapture): Check[] {
  if (lastSeen === null || firstSeen === null) return [];
  const others = captures.filter((one) => one.id !== id);
  const timed = others.flatMap((one) =>
    one.firstSeen === null || one.lastSeen === null ? [] : [[one.firstSeen, one.lastSeen] as const],
  );
  if (timed.length === 0 || timed.some(([first, last]) => last >= firstSeen && first <= lastSeen))
    return [];
  return [
    check(
      "overlap",
      "warning",
      "it overlaps in time with no other capture, so nothing in it can be joined with theirs",
      "Capture at all places at the same time.",
    ),
  ];
}

export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
