/** From bytes to a cursor: recognises the format by its magic number and hands the first bytes over. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import type { ByteSource } from "./byte-source.ts";
import { ByteWindow } from "./byte-window.ts";
import { SNIFF_LENGTH, sniffCapture } from "./capture-format.ts";
import { PcapCursor } from "./pcap.ts";
import { PcapngCursor } from "./pcapng.ts";
import type { RecordCursor } from "./record-cursor.ts";

/**
 * A cursor that already holds the first bytes, so call `next()` before the first `fill()`; null when the source is no
 * capture that podpath knows. `file` names the capture in diagnostics.
 */
export async function openCapture(
  source: ByteSource,
  file: string,
  log: DiagnosticLog,
): Promise<RecordCursor | null> {
  const window = new ByteWindow();
  while (window.end < SNIFF_LENGTH && !window.finished) {
    const pending = source.readInto(window.space());
    const count = typeof pending === "number" ? pending : await pending;
    if (count === 0) window.finished = true;
    else window.filled(count);
  }
  const format = sniffCapture(window.bytes.subarray(0, window.end));
  if (format === "pcap") return new PcapCursor(window, file, log);
  if (format === "pcapng") return new PcapngCursor(window, file, log);
  return null;
}

/**
 * Moves one block of bytes from the source into the cursor. Returns a promise only when the source does, so that a local
 * file is read without one:
 *
 *     while (!cursor.ended) {
 *       while (cursor.next() === RecordStatus.Record) { ... }
 *       if (cursor.ended) break;
 *       const pending = fill(cursor, source);
 *       if (pending !== undefined) await pending;
 *     }
 */
export function fill(cursor: RecordCursor, source: ByteSource): Promise<void> | undefined {
  const count = source.readInto(cursor.space());
  if (typeof count !== "number") return count.then((bytes) => accept(cursor, bytes));
  accept(cursor, count);
  return undefined;
}

function accept(cursor: RecordCursor, count: number): void {
  if (count === 0) cursor.finish();
  else cursor.filled(count);
}
