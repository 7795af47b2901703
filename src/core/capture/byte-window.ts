/**
 * The window of bytes that a cursor walks: filled at its end by the caller, consumed at its start by the cursor.
 * It grows only when a whole record does not fit and bytes for it have arrived, never because a length field says so.
 */

/** The first block is small: what happens at its end is then known to the optimiser before it takes a loop over records on. */
const INITIAL_CAPACITY_BYTES = 64 * 1024;
/** Big enough that a block of a local file costs one system call and small enough to stay in the second-level cache. */
const FULL_CAPACITY_BYTES = 1024 * 1024;
const MIN_SPACE_BYTES = 64 * 1024;

export class ByteWindow {
  bytes: Uint8Array;
  view: DataView;
  /** First byte not yet consumed. */
  start = 0;
  /** One past the last byte present. */
  end = 0;
  /** Offset in the file of `bytes[0]`. */
  base = 0;
  /** No byte will follow those present. */
  finished = false;

  constructor(capacityBytes: number = INITIAL_CAPACITY_BYTES) {
    const buffer = new ArrayBuffer(capacityBytes);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Free room after the bytes present, at least 64 KiB; moves them to the front first. */
  space(): Uint8Array {
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.base += this.start;
      this.end -= this.start;
      this.start = 0;
    }
    if (this.bytes.length - this.end < MIN_SPACE_BYTES) this.#grow();
    return this.bytes.subarray(this.end);
  }

  filled(count: number): void {
    this.end = Math.min(this.end + count, this.bytes.length);
  }

  #grow(): void {
    const buffer = new ArrayBuffer(Math.max(this.bytes.length * 2, FULL_CAPACITY_BYTES));
    const bytes = new Uint8Array(buffer);
    bytes.set(this.bytes.subarray(0, this.end));
    this.bytes = bytes;
    this.view = new DataView(buffer);
  }
}
