/** Walks a capture held in memory and writes down every record, for tests. */
import type { ByteSource } from "../../src/core/capture/byte-source.ts";
import type { CaptureInfo } from "../../src/core/capture/capture-info.ts";
import { fill, openCapture } from "../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../src/core/capture/record-cursor.ts";
import { type Diagnostic, DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";

export interface ReadRecord {
  readonly record: number;
  readonly fileOffset: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly capturedLength: number;
  readonly wireLength: number;
  readonly interfaceIndex: number;
  readonly linkType: number;
  /** The frame, hexadecimal. */
  readonly frame: string;
}

export interface ReadCapture {
  readonly records: readonly ReadRecord[];
  /** null when the bytes are no capture. */
  readonly info: CaptureInfo | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** Gives at most `chunkSize` bytes per read. */
export function memorySource(bytes: Uint8Array, chunkSize: number = bytes.length): ByteSource {
  let offset = 0;
  return {
    readInto(target) {
      const count = Math.min(chunkSize, target.length, bytes.length - offset);
      target.set(bytes.subarray(offset, offset + count));
      offset += count;
      return count;
    },
  };
}

export async function readCapture(bytes: Uint8Array, chunkSize?: number): Promise<ReadCapture> {
  const log = new DiagnosticLog();
  const source = memorySource(bytes, chunkSize);
  const cursor = await openCapture(source, "test", log);
  if (cursor === null) return { records: [], info: null, diagnostics: log.list() };
  const records: ReadRecord[] = [];
  while (!cursor.ended) {
    while (cursor.next() === RecordStatus.Record) {
      const frame = cursor.bytes.subarray(
        cursor.frameOffset,
        cursor.frameOffset + cursor.capturedLength,
      );
      records.push({
        record: cursor.record,
        fileOffset: cursor.fileOffset,
        seconds: cursor.seconds,
        nanos: cursor.nanos,
        capturedLength: cursor.capturedLength,
        wireLength: cursor.wireLength,
        interfaceIndex: cursor.interfaceIndex,
        linkType: cursor.linkType,
        frame: Buffer.from(frame).toString("hex"),
      });
    }
    if (!cursor.ended) await fill(cursor, source);
  }
  return { records, info: cursor.info(), diagnostics: log.list() };
}

/** Codes of the diagnostics with their counts: ["capture.record-truncated x1"]. */
export function codes(read: ReadCapture): string[] {
  return read.diagnostics.map(({ code, count }) => `${code} x${count}`);
}
