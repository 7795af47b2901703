/**
 * Behind a record header that cannot be one, where do records go on? Classic pcap has no marks, so a place counts only when
 * sixteen plausible record headers follow one another from it, each where the one before ends. One header agrees with chance
 * once in 2^40 places; but a payload may hold a capture file of its own, which only the length of the chain and its times
 * tell apart. So fewer records than that at the end of a file are not found again.
 */
import type { DiagnosticKind } from "../diagnostics/diagnostic.ts";
import { MAX_CAPTURED_LENGTH, MAX_RESYNC_BYTES } from "../limits.ts";
import type { ByteWindow } from "./byte-window.ts";

const CHAIN_LENGTH = 16;
/** More than any packet has on the wire: Linux's BIG TCP stays below 512 KiB. */
const MAX_WIRE_LENGTH = 1024 * 1024;
/** Records of one capture follow one another within a day. */
const MAX_GAP_SECONDS = 86_400;

/** What cannot be a record: where it stands, and what is said of it when no records follow. */
export interface Damage {
  readonly kind: DiagnosticKind;
  readonly message: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly resync: PcapResync;
}

/** What all record headers of a file have in common. */
export interface RecordShape {
  readonly headerLength: number;
  readonly little: boolean;
  /** 10^6 or 10^9. */
  readonly unitsPerSecond: number;
  /** Time of the record before the damage; null when there was none. */
  readonly lastSeconds: number | null;
}

export const ResyncStatus = { Found: 1, NeedMore: 0, NotFound: 2 } as const;
export type ResyncStatusCode = (typeof ResyncStatus)[keyof typeof ResyncStatus];

export class PcapResync {
  readonly #shape: RecordShape;
  #searchedBytes = 0;

  constructor(shape: RecordShape) {
    this.#shape = shape;
  }

  /** Moves the window's start over bytes that no chain begins with; on Found it stands at the first record of one. */
  search(window: ByteWindow): ResyncStatusCode {
    const { headerLength } = this.#shape;
    const { view, end } = window;
    let start = window.start;
    for (; start + headerLength <= end; start += 1) {
      if (!this.isPlausible(view, start)) continue;
      const status = this.#follow(window, start);
      if (status === ResyncStatus.NotFound) continue;
      window.start = start;
      return status;
    }
    this.#searchedBytes += start - window.start;
    window.start = start;
    if (this.#searchedBytes > MAX_RESYNC_BYTES) return ResyncStatus.NotFound;
    return window.finished ? ResyncStatus.NotFound : ResyncStatus.NeedMore;
  }

  /** Whether a chain begins at `start`, where a plausible header stands. */
  #follow(window: ByteWindow, start: number): ResyncStatusCode {
    const { headerLength, little } = this.#shape;
    const { view, end, finished } = window;
    let at = start;
    let seconds = view.getUint32(start, little);
    for (let count = 0; count < CHAIN_LENGTH; count += 1) {
      if (at + headerLength > end) {
        return finished ? ResyncStatus.NotFound : ResyncStatus.NeedMore;
      }
      if (!this.isPlausible(view, at)) return ResyncStatus.NotFound;
      const next = view.getUint32(at, little);
      if (Math.abs(next - seconds) > MAX_GAP_SECONDS) return ResyncStatus.NotFound;
      seconds = next;
      at += headerLength + view.getUint32(at + 8, little);
    }
    return ResyncStatus.Found;
  }

  /** Whether the bytes at `offset` may be a record header. Real ones that are not: of another day, or empty. */
  isPlausible(view: DataView, offset: number): boolean {
    const { little, unitsPerSecond, lastSeconds } = this.#shape;
    const captured = view.getUint32(offset + 8, little);
    if (captured === 0 || captured > MAX_CAPTURED_LENGTH) return false;
    const wire = view.getUint32(offset + 12, little);
    if (wire < captured || wire > MAX_WIRE_LENGTH) return false;
    if (view.getUint32(offset + 4, little) >= unitsPerSecond) return false;
    if (lastSeconds === null) return true;
    return Math.abs(view.getUint32(offset, little) - lastSeconds) <= MAX_GAP_SECONDS;
  }
}
