/**
 * What must hold for reading a capture file: the records are those that were written, however the bytes arrive; a cut file
 * gives the records before the cut; sums fit; every oddity is told with a place that exists.
 */
import type { ByteSource } from "../../src/core/capture/byte-source.ts";
import type { CaptureInfo } from "../../src/core/capture/capture-info.ts";
import { fill, openCapture } from "../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../src/core/capture/record-cursor.ts";
import { type Diagnostic, DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import type { RecordTruth } from "./capture-records.ts";
import { expectThat } from "./finding.ts";

/** More kinds of oddity than one file can meet, times two. */
const MOST_DIAGNOSTICS = 40;
const MOST_CAPTURED = 262_144;

/** One number per fact of a record, ten a record. */
export interface Walked {
  readonly facts: readonly number[];
  readonly records: number;
  readonly wireBytes: number;
  /** What the file says about itself. */
  readonly info: CaptureInfo;
  readonly diagnostics: readonly Diagnostic[];
}

const FACTS = 8;

export function bytesSource(bytes: Uint8Array, chunk: number): ByteSource {
  let at = 0;
  return {
    readInto(target) {
      const count = Math.min(chunk, target.length, bytes.length - at);
      target.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
  };
}

/** Reads the whole file, `chunk` bytes at a time; null when it is no capture. */
export async function walkCapture(bytes: Uint8Array, chunk: number): Promise<Walked | null> {
  const log = new DiagnosticLog();
  const source = bytesSource(bytes, chunk);
  const cursor = await openCapture(source, "capture", log);
  if (cursor === null) return null;
  const facts: number[] = [];
  let wireBytes = 0;
  let capturedBytes = 0;
  let before = -1;
  let records = 0;
  while (!cursor.ended) {
    while (cursor.next() === RecordStatus.Record) {
      const { frameOffset, capturedLength, seconds, nanos, wireLength, fileOffset } = cursor;
      records += 1;
      expectThat(cursor.record === records, () => `record ${cursor.record} is the ${records}th`);
      expectThat(
        fileOffset > before && fileOffset < bytes.length,
        () => `record ${records} stands at ${fileOffset}, the one before at ${before}`,
      );
      before = fileOffset;
      expectThat(
        capturedLength >= 0 &&
          capturedLength <= MOST_CAPTURED &&
          frameOffset + capturedLength <= cursor.bytes.length,
        () => `record ${records} has ${capturedLength} bytes at ${frameOffset}`,
      );
      expectThat(
        seconds >= 0 && seconds <= 0xffffffff && nanos >= 0 && nanos < 1e9,
        () => `record ${records} is of ${seconds} s and ${nanos} ns`,
      );
      const hash = hashBytes(cursor.bytes, frameOffset, frameOffset + capturedLength);
      facts.push(
        fileOffset,
        seconds,
        nanos,
        capturedLength,
        wireLength,
        cursor.linkType,
        cursor.interfaceIndex,
        hash,
      );
      wireBytes += wireLength;
      capturedBytes += capturedLength;
    }
    if (!cursor.ended) await fill(cursor, source);
  }
  const info = cursor.info();
  expectThat(
    info.records === records,
    () => `${info.records} records are told, ${records} were given`,
  );
  expectThat(
    info.wireBytes === wireBytes && info.capturedBytes === capturedBytes,
    () =>
      `sums ${info.wireBytes} and ${info.capturedBytes} instead of ${wireBytes} and ${capturedBytes}`,
  );
  const diagnostics = log.list();
  checkDiagnostics(diagnostics, bytes.length);
  return { facts, records, wireBytes, info, diagnostics };
}

function checkDiagnostics(diagnostics: readonly Diagnostic[], fileLength: number): void {
  expectThat(
    diagnostics.length <= MOST_DIAGNOSTICS,
    () => `${diagnostics.length} diagnostics of one file`,
  );
  for (const { code, count, message, hint, first } of diagnostics) {
    expectThat(
      count >= 1 && message.length > 0 && message.length < 2000 && hint.length > 0,
      () => `the diagnostic ${code} says nothing`,
    );
    expectThat(
      (first.offset ?? 0) <= fileLength,
      () => `${code} points at byte ${first.offset} of ${fileLength}`,
    );
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

/** The same records, whatever the size of the reads. Returns what was read. */
export async function checkContainer(
  bytes: Uint8Array,
  chunks: readonly number[],
): Promise<Walked | null> {
  const whole = await walkCapture(bytes, bytes.length + 1);
  for (const chunk of chunks) {
    const parts = await walkCapture(bytes, chunk);
    const isSame = JSON.stringify(parts) === JSON.stringify(whole);
    expectThat(
      isSame,
      () =>
        `reads of ${chunk} bytes give ${parts?.records} records instead of ${whole?.records}, or other facts`,
    );
  }
  return whole;
}

/** A file cut at `length` gives a beginning of what the whole file gives. */
export async function checkPrefix(
  bytes: Uint8Array,
  whole: Walked | null,
  length: number,
): Promise<void> {
  const cut = await walkCapture(bytes.subarray(0, length), length + 1);
  if (cut === null || length < 12) return;
  expectThat(whole !== null, () => `cut to ${length} bytes it is a capture, whole it is none`);
  expectThat(
    cut.records <= whole.records,
    () => `cut to ${length} bytes it has ${cut.records} records, whole ${whole.records}`,
  );
  const at = cut.facts.findIndex((fact, i) => fact !== whole.facts[i]);
  expectThat(
    at < 0,
    () =>
      `cut to ${length} bytes, fact ${at % FACTS} of record ${1 + Math.floor(at / FACTS)} changes`,
  );
}

export function checkRecords(walked: Walked | null, truth: readonly RecordTruth[]): void {
  expectThat(walked !== null, () => "an honest capture is not recognised");
  const { facts, records } = walked;
  expectThat(
    records === truth.length,
    () =>
      `${records} records instead of ${truth.length}: ${walked.diagnostics.map(({ message }) => message).join("; ")}`,
  );
  truth.forEach(({ frame, wireLength, linkType, time }, i) => {
    const [, seconds, nanos, captured, wire, link, , hash] = facts.slice(
      i * FACTS,
      (i + 1) * FACTS,
    );
    const at = (what: string) => () => `record ${i + 1}: ${what}`;
    expectThat(
      captured === frame.length && wire === wireLength,
      at(`lengths ${captured} and ${wire} instead of ${frame.length} and ${wireLength}`),
    );
    expectThat(hash === hashBytes(frame, 0, frame.length), at("other bytes than were written"));
    expectThat(link === linkType, at(`link type ${link} instead of ${linkType}`));
    if (time !== null)
      expectThat(
        seconds === time.seconds && nanos === time.nanos,
        at(`time ${seconds}.${nanos} instead of ${time.seconds}.${time.nanos}`),
      );
  });
}
