/**
 * `conntrack -L`, `-L -o extended`, `-E -o timestamp` and /proc/net/nf_conntrack
 * (libnetfilter_conntrack src/conntrack/snprintf_default.c; kernel nf_conntrack_standalone.c).
 */
import type { ConntrackEntry, ConntrackTuple, SnapshotRef } from "./snapshot.ts";
import { canonicalAddress, type ReadContext, skipEntry } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

export function readConntrack(context: ReadContext, lines: readonly TextLine[]): void {
  const entries = context.parts.nodeFile(context.file).conntrack;
  let lastTime: string | undefined;
  for (const line of lines) {
    const ref: SnapshotRef = { file: context.file, line: line.number };
    const entry = parseConntrackLine(line.text, ref);
    if (entry === null) {
      skipEntry(context, ref, `Line ${line.number} is no complete conntrack entry`);
      continue;
    }
    lastTime = entry.time ?? lastTime;
    entries.push(entry);
  }
  const seconds = Number(lastTime);
  if (Number.isFinite(seconds) && seconds > 0 && seconds < MAX_UNIX_SECONDS) {
    context.parts.times.push(
      new Date(Math.floor(seconds) * 1000).toISOString().replace(".000Z", "Z"),
    );
  }
}

/** The year 9999, the last that RFC 3339 can write. */
const MAX_UNIX_SECONDS = 253_402_300_799;

interface TupleDraft {
  source?: string;
  destination?: string;
  sourcePort: number | null;
  destinationPort: number | null;
}

/** null when the line lacks one of the two tuples or an address of them. */
export function parseConntrackLine(line: string, ref: SnapshotRef): ConntrackEntry | null {
  const text = line.trim();
  // "[1795190738.947041]	    [NEW] ipv4     2 tcp      6 120 SYN_SENT src=…": all in front of the protocol is optional.
  const head =
    /^(?:\[(\d+\.\d+)\s*\]\s*)?(?:\[(NEW|UPDATE|DESTROY)\]\s+)?(?:ipv[46]\s+\d+\s+)?([a-z][a-z0-9-]*|unknown)\s+\d+\s+(?:\d+\s+)?(?:([A-Z][A-Z_]+)\s+)?/.exec(
      text,
    );
  const [all, time, event, protocol, state] = head ?? [];
  if (all === undefined || protocol === undefined) return null;
  const body = readBody(text.slice(all.length));
  const original = tuple(body.tuples[0]);
  const reply = tuple(body.tuples[1]);
  if (original === null || reply === null) return null;
  return {
    protocol,
    original,
    reply,
    ...(state !== undefined && { state }),
    unreplied: body.unreplied,
    ...(body.mark !== undefined && { mark: body.mark }),
    ...(time !== undefined && { time }),
    ...(event !== undefined && { event }),
    text,
    ref,
  };
}

interface Body {
  readonly tuples: TupleDraft[];
  unreplied: boolean;
  mark: number | undefined;
}

function readBody(text: string): Body {
  const body: Body = { tuples: [], unreplied: false, mark: undefined };
  for (const word of text.split(/\s+/)) {
    if (word === "[UNREPLIED]") body.unreplied = true;
    const equals = word.indexOf("=");
    if (equals > 0) readMember(body, word.slice(0, equals), word.slice(equals + 1));
  }
  return body;
}

function readMember(body: Body, key: string, value: string): void {
  if (key === "src") {
    // Each of the two tuples begins with its source.
    const source = canonicalAddress(value);
    body.tuples.push({ sourcePort: null, destinationPort: null, ...(source && { source }) });
    return;
  }
  if (key === "mark") {
    body.mark = readNumber(value, 0xffffffff) ?? body.mark;
    return;
  }
  const draft = body.tuples.at(-1);
  if (draft === undefined) return;
  if (key === "dst") {
    const destination = canonicalAddress(value);
    if (destination !== undefined) draft.destination = destination;
  } else if (key === "sport") draft.sourcePort = readNumber(value, 0xffff);
  else if (key === "dport") draft.destinationPort = readNumber(value, 0xffff);
  else if (key === "id") {
    // ICMP echo: the identifier stands in for the ports, at both ends.
    draft.sourcePort = readNumber(value, 0xffff);
    draft.destinationPort = draft.sourcePort;
  }
}

function readNumber(text: string, limit: number): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value <= limit ? value : null;
}

function tuple(draft: TupleDraft | undefined): ConntrackTuple | null {
  if (draft?.source === undefined || draft.destination === undefined) return null;
  const { source, destination, sourcePort, destinationPort } = draft;
  return { source, destination, sourcePort, destinationPort };
}

/** Two lines with the same key are about the same entry. */
function conntrackKey({ protocol, original, reply }: ConntrackEntry): string {
  return `${protocol}|${tupleKey(original)}|${tupleKey(reply)}`;
}

function tupleKey({ source, destination, sourcePort, destinationPort }: ConntrackTuple): string {
  return `${source} ${sourcePort ?? ""} ${destination} ${destinationPort ?? ""}`;
}

/**
 * One entry per connection: the listings and the events of it merged. A tuple that is used again after its entry was destroyed is
 * another connection, so a NEW event begins a new entry.
 */
export function mergeConntrack(entries: readonly ConntrackEntry[]): ConntrackEntry[] {
  const merged: ConntrackEntry[] = [];
  const latest = new Map<string, number>();
  // Events first: they say when an entry began; a listing then completes the last one of its tuple.
  const events = entries.filter((entry) => entry.event !== undefined);
  const listings = entries.filter((entry) => entry.event === undefined);
  for (const entry of [...events, ...listings]) {
    const key = conntrackKey(entry);
    const at = latest.get(key);
    const known = at === undefined ? undefined : merged[at];
    if (at === undefined || known === undefined || entry.event === "NEW") {
      latest.set(key, merged.length);
      merged.push(entry);
    } else {
      merged[at] = completed(known, entry);
    }
  }
  return merged;
}

/** The first line's text, time and event with the later line's state, mark and answer. */
function completed(known: ConntrackEntry, later: ConntrackEntry): ConntrackEntry {
  const state = later.state ?? known.state;
  const mark = later.mark ?? known.mark;
  return {
    ...known,
    ...(state !== undefined && { state }),
    ...(mark !== undefined && { mark }),
    unreplied: known.unreplied && later.unreplied,
  };
}
