/** The data plane's loop: every record of every capture through the decoders into one flow table. */
import type { AnalyzeOptions, CaptureJob, CaptureResult } from "./analysis.ts";
import { PARTS_OVERLAP } from "./capture/capture-diagnostics.ts";
import { JoinedCaptures } from "./capture/joined-captures.ts";
import { fill, openCapture } from "./capture/open-capture.ts";
import { type RecordCursor, RecordStatus } from "./capture/record-cursor.ts";
import type { DiagnosticLog } from "./diagnostics/diagnostic.ts";
import type { FlowTable } from "./flow/flow-table.ts";
import { decodeFrame } from "./wire/decode-link.ts";
import { PacketView, type WireSettings } from "./wire/packet-view.ts";

/** Reads the captures one after the other, in the order given. One that is no capture gives a result without `info`. */
export async function readCaptures(
  jobs: readonly CaptureJob[],
  flows: FlowTable,
  settings: WireSettings,
  log: DiagnosticLog,
  options: AnalyzeOptions,
): Promise<CaptureResult[]> {
  const packet = new PacketView(settings);
  const results: CaptureResult[] = [];
  const done = { records: 0, bytes: 0 };
  for (const [index, job] of jobs.entries()) {
    flows.beginCapture(index);
    const seen = new Span();
    const joined = new JoinedCaptures();
    for (const { file, source } of [job, ...(job.continuedIn ?? [])]) {
      const part = new Span();
      const cursor = await openCapture(source, file, log);
      while (cursor !== null && !cursor.ended) {
        walkRecords(cursor, joined.recordsBefore, packet, flows, part);
        if (cursor.ended) break;
        const records = done.records + cursor.record;
        const bytes = done.bytes + cursor.fileOffset;
        options.onProgress?.({ stage: "read", file, records, bytes });
        const pending = fill(cursor, source);
        if (pending !== undefined) await pending;
      }
      const info = cursor?.info() ?? null;
      done.records += info?.records ?? 0;
      done.bytes += info?.capturedBytes ?? 0;
      joined.add(file, info);
      if (part.startsBeforeEndOf(seen)) {
        const message = "the file begins before the one that it goes on from ends";
        log.add(PARTS_OVERLAP, { file }, message);
      }
      seen.include(part);
    }
    results.push({
      file: job.file,
      label: job.label,
      info: joined.info(),
      linkTypes: seen.linkTypes,
      firstSeenNs: seen.firstNs(),
      lastSeenNs: seen.lastNs(),
      ...(joined.parts.length > 1 ? { parts: joined.parts } : {}),
    });
  }
  return results;
}

/**
 * Decodes and counts what the cursor's window holds. Per packet nothing is allocated.
 * @param recordsBefore those of the files that this one goes on from
 */
function walkRecords(
  cursor: RecordCursor,
  recordsBefore: number,
  packet: PacketView,
  flows: FlowTable,
  seen: Span,
): void {
  while (cursor.next() === RecordStatus.Record) {
    const { view, frameOffset, capturedLength, wireLength, linkType, seconds, nanos } = cursor;
    seen.add(seconds, nanos, linkType);
    const check = cursor.frameCheckLength;
    if (check === 0) {
      decodeFrame(view, frameOffset, capturedLength, wireLength, linkType, packet);
    } else {
      // The check sequence is on the wire, but it is no content that a length could be told from.
      const content = Math.max(wireLength - check, 0);
      const captured = Math.min(capturedLength, content);
      decodeFrame(view, frameOffset, captured, content, linkType, packet);
    }
    flows.observe(
      packet,
      view,
      recordsBefore + cursor.record,
      seconds,
      nanos,
      wireLength,
      cursor.interfaceIndex,
      linkType,
    );
  }
}

/** Earliest and latest time of a capture (records need not be in order), and its link types. */
class Span {
  readonly linkTypes: number[] = [];
  #linkType = -1;
  #firstSeconds = Number.POSITIVE_INFINITY;
  #firstNanos = 0;
  #lastSeconds = -1;
  #lastNanos = 0;

  add(seconds: number, nanos: number, linkType: number): void {
    if (linkType !== this.#linkType) {
      this.#linkType = linkType;
      if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
    }
    if (
      seconds < this.#firstSeconds ||
      (seconds === this.#firstSeconds && nanos < this.#firstNanos)
    ) {
      this.#firstSeconds = seconds;
      this.#firstNanos = nanos;
    }
    if (seconds > this.#lastSeconds || (seconds === this.#lastSeconds && nanos > this.#lastNanos)) {
      this.#lastSeconds = seconds;
      this.#lastNanos = nanos;
    }
  }

  /** Adds what another span saw. */
  include(other: Span): void {
    for (const linkType of other.linkTypes) {
      if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
    }
    if (other.#lastSeconds < 0) return;
    const linkType = other.#linkType;
    this.add(other.#firstSeconds, other.#firstNanos, linkType);
    this.add(other.#lastSeconds, other.#lastNanos, linkType);
  }

  /** By more than a second: buffers of several processors are written out of order by less. */
  startsBeforeEndOf(before: Span): boolean {
    return before.#lastSeconds >= 0 && this.#firstSeconds < before.#lastSeconds - 1;
  }

  firstNs(): bigint | null {
    return this.#lastSeconds < 0 ? null : toNs(this.#firstSeconds, this.#firstNanos);
  }

  lastNs(): bigint | null {
    return this.#lastSeconds < 0 ? null : toNs(this.#lastSeconds, this.#lastNanos);
  }
}

function toNs(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
