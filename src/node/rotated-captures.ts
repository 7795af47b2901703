/**
 * Files that one tcpdump wrote one after another: -C begins a new file by size, -G by time, -W goes round. Their names tell, and
 * their file headers must be the same. They are read as one capture, oldest first, so that a connection that spans two of them
 * is one. Names that merely differ by a number (n1.pcap and n2.pcap) are different captures. Names that differ by a time may be
 * those of two nodes: they are joined only when each file was written for the last time before the next one begins.
 */
import { basename, dirname } from "node:path";
import type { CaptureJob, VantageLabel } from "../core/analysis.ts";
import { PCAP_MAGIC_NANOS, sniffCapture } from "../core/capture/capture-format.ts";
import type { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import type { ByteOrigin } from "./byte-origin.ts";
import { ROTATED } from "./input-diagnostics.ts";

/** File header and the time of the first record. */
const ROTATION_HEAD_BYTES = 32;
const HEADER_BYTES = 24;

export interface RotationCandidate {
  readonly file: string;
  readonly label: VantageLabel | null;
  /** The first ROTATION_HEAD_BYTES bytes of the content, unpacked. */
  readonly head: Uint8Array;
  /** When the file was written for the last time, in milliseconds since 1970; null when nobody knows. */
  readonly modifiedMs: number | null;
}

/** What is known of a file whose name may be of a rotation. */
type RotationHead = Pick<RotationCandidate, "head" | "modifiedMs">;

/** tcpdump -C and -W put a number behind the whole name: cap.pcap, cap.pcap1, cap.pcap02.gz. */
const NUMBERED = /^(.+\.(?:pcap|cap|dmp|dump))\d*(\.(?:gz|zst|lz4))?$/i;
/** tcpdump -G: the name has a time, as digits of a date or of seconds since 1970. */
const TIMED =
  /(?<!\d)(?:\d{4}([-_.]?)\d{2}\1\d{2}(?:[-_.T]?\d{2}([-_.:h]?)\d{2}(?:\2\d{2})?)?|1[5-9]\d{8})(?!\d)/g;

/** The rotations among the captures of a run. */
export class Rotations {
  /** Of files whose names may be of a rotation. */
  readonly #heads = new Map<string, RotationHead>();
  readonly #joined = new Set<string>();

  /** Remembers how a capture begins when its name may be of a rotation. */
  async look(file: string, origin: ByteOrigin, content: ByteOrigin): Promise<void> {
    if (rotationStem(file) === null) return;
    const modifiedMs = origin.modifiedMs?.() ?? null;
    this.#heads.set(file, { head: await content.peek(ROTATION_HEAD_BYTES), modifiedMs });
  }

  /** Makes one capture of files that one tcpdump wrote one after another. */
  join(captures: CaptureJob[], log: DiagnosticLog): void {
    for (const first of joinRotated(captures, this.#heads, log)) this.#joined.add(first);
  }

  /** Whether a capture goes on in other files. */
  has(file: string): boolean {
    return this.#joined.has(file);
  }
}

/**
 * Replaces the captures of each rotation by one that goes on in the others, in the place of the first of them; the files that
 * such captures begin with. `heads`: beginnings of files whose names may be of a rotation.
 */
function joinRotated(
  captures: CaptureJob[],
  heads: ReadonlyMap<string, RotationHead>,
  log: DiagnosticLog,
): string[] {
  const candidates = captures.flatMap(({ file, label }) => {
    const head = heads.get(file);
    return head === undefined ? [] : { file, label, ...head };
  });
  const groups = rotations(candidates);
  for (const group of groups) {
    const jobs = group.flatMap((file) => captures.filter((job) => job.file === file));
    const [first, ...continuedIn] = jobs;
    if (first === undefined) continue;
    const place = captures.findIndex((job) => jobs.includes(job));
    const others = captures.filter((job) => !jobs.includes(job));
    others.splice(place, 0, { ...first, continuedIn });
    captures.splice(0, captures.length, ...others);
    const names = continuedIn.map(({ file }) => file).join(", ");
    log.add(ROTATED, { file: first.file }, `${names} went on with this capture`);
  }
  return groups.flatMap(([first]) => first ?? []);
}

/** What all files of a rotation have in common; null for a name that is nobody's. */
export function rotationStem(file: string): string | null {
  const name = basename(file);
  const untimed = name.replace(TIMED, "*");
  const numbered = NUMBERED.exec(untimed);
  if (numbered === null) return untimed === name ? null : `${dirname(file)}/${untimed}`;
  const [, stem = "", packed = ""] = numbered;
  return `${dirname(file)}/${stem}${packed}`;
}

/** Groups of at least two files, each oldest first, in the order of their first members. Files of no group are left out. */
export function rotations(candidates: readonly RotationCandidate[]): string[][] {
  const groups = new Map<string, RotationCandidate[]>();
  for (const candidate of candidates) {
    const stem = rotationStem(candidate.file);
    if (stem === null || !isPlainPcap(candidate.head)) continue;
    const header = Buffer.from(candidate.head.subarray(0, HEADER_BYTES)).toString("hex");
    const key = JSON.stringify([stem, header, candidate.label]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [candidate]);
    else group.push(candidate);
  }
  return [...groups.values()]
    .map((group) => [...group].sort(byFirstRecord))
    .filter((group) => group.length > 1 && (!isTimed(group) || followOneAnother(group)))
    .map((group) => group.map(({ file }) => file));
}

function isTimed(group: readonly RotationCandidate[]): boolean {
  return group.some(({ file }) => basename(file).replace(TIMED, "*") !== basename(file));
}

/** File systems and clocks of packets agree to within this. */
const SLACK_MS = 2_000;

function followOneAnother(group: readonly RotationCandidate[]): boolean {
  return group.every(({ modifiedMs }, index) => {
    const next = group[index + 1];
    if (next === undefined) return true;
    return modifiedMs !== null && modifiedMs <= firstTime(next.head) / 1_000_000 + SLACK_MS;
  });
}

function isPlainPcap(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && sniffCapture(head) === "pcap";
}

/** By the time of the first record; one without records comes last, and equal times keep the order of the names. */
function byFirstRecord(one: RotationCandidate, other: RotationCandidate): number {
  return firstTime(one.head) - firstTime(other.head) || compareNames(one.file, other.file);
}

/** Nanoseconds since 1970, as exactly as a double can. */
function firstTime(head: Uint8Array): number {
  if (head.length < ROTATION_HEAD_BYTES) return Number.MAX_VALUE;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const little = (view.getUint32(0, true) & 0xffff_0000) >>> 0 === 0xa1b2_0000;
  const nanosPerUnit = view.getUint32(0, little) === PCAP_MAGIC_NANOS ? 1 : 1_000;
  return view.getUint32(24, little) * 1_000_000_000 + view.getUint32(28, little) * nanosPerUnit;
}

function compareNames(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
