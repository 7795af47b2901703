/** What the capture's own comments say of a connection's packets: evidence beside the verdict, and no ground for it. */
import type { CaptureResult } from "../analysis.ts";
import { parseToolComment, type ToolComment } from "../capture/tool-comment.ts";
import type { Evidence } from "../classify/rule.ts";
import type { Connection } from "../correlate/connection.ts";

/** By capture index, then by record: what the comments of the record name. */
export type RecordNotes = ReadonlyMap<number, ReadonlyMap<number, readonly ToolComment[]>>;

/** The first packets of each direction at each place are looked at: the tools write the same at all of a connection's. */
const MAX_SENTENCES = 4;

export function recordNotes(captures: readonly CaptureResult[]): RecordNotes {
  const notes = new Map<number, Map<number, ToolComment[]>>();
  for (const [index, { info }] of captures.entries()) {
    const ofCapture = new Map<number, ToolComment[]>();
    for (const { record, text } of info?.comments ?? []) {
      const note = record === undefined ? null : parseToolComment(text);
      if (record === undefined || note === null) continue;
      const known = ofCapture.get(record);
      if (known === undefined) ofCapture.set(record, [note]);
      else known.push(note);
    }
    if (ofCapture.size > 0) notes.set(index, ofCapture);
  }
  return notes;
}

export function commentEvidence(connection: Connection, notes: RecordNotes): Evidence[] {
  if (notes.size === 0) return [];
  const found = new Map<string, Evidence>();
  for (const { vantagePoint, orig, resp } of connection.observations) {
    const { capture } = vantagePoint;
    const ofCapture = notes.get(capture);
    if (ofCapture === undefined) continue;
    for (const { records, firstRecord } of [orig, resp]) {
      const sentences = records === 0 ? [] : sentencesOf(ofCapture.get(firstRecord) ?? []);
      for (const statement of sentences) {
        if (found.has(statement) || found.size === MAX_SENTENCES) continue;
        found.set(statement, {
          statement,
          packets: [{ capture, record: firstRecord }],
          snapshot: [],
        });
      }
    }
  }
  return [...found.values()];
}

/** One for each end; several comments of one tool on one packet are one sentence. */
function sentencesOf(comments: readonly ToolComment[]): string[] {
  const ends = new Map<string, ToolComment>();
  for (const comment of comments) {
    const key = comment.end ?? "";
    ends.set(key, { ...ends.get(key), ...comment });
  }
  return [...ends.values()].map(sentence);
}

function sentence({ tool, end, process, pid, pod, namespace, container }: ToolComment): string {
  const names = [
    ...(process === undefined
      ? []
      : [`process ${process}${pid === undefined ? "" : ` (PID ${pid})`}`]),
    ...(container === undefined ? [] : [`container ${container}`]),
    ...(pod === undefined ? [] : [`pod ${namespace === undefined ? "" : `${namespace}/`}${pod}`]),
  ];
  const whose = end === undefined ? "the packet is of" : `the packet's ${end} is`;
  return `${tool} says in a comment of the capture that ${whose} ${names.join(", ")}`;
}
