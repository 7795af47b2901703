/** Every frame of a capture through the frame oracle, whatever the capture is. */
import { fill, openCapture } from "../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { bytesSource } from "./container-oracle.ts";
import { checkFrame } from "./frame-oracle.ts";

export async function checkFramesOf(bytes: Uint8Array): Promise<void> {
  const source = bytesSource(bytes, bytes.length + 1);
  const cursor = await openCapture(source, "capture", new DiagnosticLog());
  while (cursor !== null && !cursor.ended) {
    while (cursor.next() === RecordStatus.Record) {
      const { frameOffset, capturedLength, wireLength, linkType } = cursor;
      const frame = cursor.bytes.subarray(frameOffset, frameOffset + capturedLength);
      checkFrame({ bytes: frame, linkType, wireLength, truth: null });
    }
    if (!cursor.ended) await fill(cursor, source);
  }
}
