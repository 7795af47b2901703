/**
 * A capture whose tool began a new file now and then (tcpdump -C, -G, -W) is one capture: its records are counted on over its
 * files. All files are classic pcap with the same header, so that their one interface is the same.
 */
import type { CaptureInfo } from "./capture-info.ts";

/** One file of a capture, with the number that its first record has in the capture. */
export interface CapturePart {
  readonly file: string;
  readonly firstRecord: number;
  readonly records: number;
}

export class JoinedCaptures {
  readonly parts: CapturePart[] = [];
  /** Records of the files before the current one. */
  recordsBefore = 0;
  #info: CaptureInfo | null = null;

  /** A file has been read. */
  add(file: string, info: CaptureInfo | null): void {
    if (info === null) return;
    this.parts.push({ file, firstRecord: this.recordsBefore + 1, records: info.records });
    this.#info = this.#info === null ? info : join(this.#info, info);
    this.recordsBefore += info.records;
  }

  /** Of all files together; null when none was a capture. */
  info(): CaptureInfo | null {
    return this.#info;
  }
}

function join(before: CaptureInfo, next: CaptureInfo): CaptureInfo {
  return {
    ...before,
    records: before.records + next.records,
    wireBytes: before.wireBytes + next.wireBytes,
    capturedBytes: before.capturedBytes + next.capturedBytes,
  };
}
