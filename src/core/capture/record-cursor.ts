/**
 * The cursor over the records of one capture: classic pcap and pcapng behind one face.
 * The caller owns the bytes: it puts them into the cursor's window (`space`, `filled`), then calls `next()` until it asks for more.
 *
 *   for (;;) {
 *     const count = await source.readInto(cursor.space());   // 0 = end of input
 *     if (count === 0) cursor.finish(); else cursor.filled(count);
 *     while (cursor.next() === RecordStatus.Record) { ... cursor.view, cursor.frameOffset ... }
 *     if (cursor.ended) break;
 *   }
 *
 * `next()` allocates nothing and never throws on hostile bytes. After damage that cannot be stepped over it returns End;
 * what was read stays good and a diagnostic tells file and offset.
 */
import type { CaptureInfo } from "./capture-info.ts";

export const RecordStatus = {
  /** The fields of the cursor describe one record. */
  Record: 1,
  /** The window holds no whole record; fill it. */
  NeedMore: 0,
  /** No more records will come. */
  End: 2,
} as const;
export type RecordStatusCode = (typeof RecordStatus)[keyof typeof RecordStatus];

export interface RecordCursor {
  /** View of the window; valid until the next `space()`. */
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Frame bytes: [frameOffset, frameOffset + capturedLength) of the view. */
  readonly frameOffset: number;
  readonly capturedLength: number;
  readonly wireLength: number;
  /** Bytes at the end of the frame on the wire that are its check sequence (FCS) and no content; 0 when none or not known. */
  readonly frameCheckLength: number;
  /** Seconds since 1970 (0 .. 2^32-1; beyond is clamped with a diagnostic) and nanoseconds of that second. */
  readonly seconds: number;
  readonly nanos: number;
  readonly interfaceIndex: number;
  readonly linkType: number;
  /** 1-based, as Wireshark numbers frames. */
  readonly record: number;
  /** Bytes from the start of the (decompressed) file to the record's header. */
  readonly fileOffset: number;
  /** True once `next()` has returned End. */
  readonly ended: boolean;

  /** Free space to read into; at least 64 KiB. Compacts the window first, so `view` offsets change. */
  space(): Uint8Array;
  /** Says that `count` bytes were put into the last `space()`. */
  filled(count: number): void;
  /** Says that no bytes will come any more. */
  finish(): void;
  next(): RecordStatusCode;
  /** Facts so far; complete once ended. */
  info(): CaptureInfo;
}
