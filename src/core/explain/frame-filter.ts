/** The filters that show the packets which a sentence cites. */
import type { Report, ReportEvidence } from "../report/report.ts";
import { shellWord } from "../report/shell-word.ts";
import { reading, tsharkCommand } from "./capture-reading.ts";

export interface FrameFilter {
  /** Id of the capture. */
  readonly capture: string;
  readonly file: string;
  /** Wireshark display filter: set membership (wireshark-filter(4)) over frame numbers, which are podpath's record numbers. */
  readonly displayFilter: string;
  /** The whole command, quoted for a POSIX shell. */
  readonly tshark: string;
  /** What to know before running it. */
  readonly note?: string;
}

/** One for each capture that the evidence cites, in the order of the captures; of many packets the first `limit`. */
export function frameFilters(
  report: Report,
  evidence: readonly ReportEvidence[],
  limit: number,
): FrameFilter[] {
  const cited = new Map<string, Set<number>>();
  for (const { capture, record } of evidence.flatMap(({ packets }) => packets)) {
    const records = cited.get(capture) ?? new Set();
    if (records.size < limit) records.add(record);
    cited.set(capture, records);
  }
  return report.captures.flatMap(({ id, file }) => {
    const records = [...(cited.get(id) ?? [])].sort((a, b) => a - b);
    if (records.length === 0) return [];
    const displayFilter =
      records.length === 1
        ? `frame.number == ${records[0]}`
        : `frame.number in {${records.join(", ")}}`;
    const from = reading(report, file);
    return [
      {
        capture: id,
        file,
        displayFilter,
        tshark: tsharkCommand(from, `-Y ${shellWord(displayFilter)}`),
        ...(from.notes.length === 0 ? {} : { note: from.notes.join("; ") }),
      },
    ];
  });
}
