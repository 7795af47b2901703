/** A regular file, read in blocks straight into the reader's window. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { ByteOrigin, ClosableSource } from "./byte-origin.ts";
import { fromSystemError } from "./input-error.ts";

/**
 * Reads synchronously: a promise per block costs more than the block of a cached file. The file is opened by the first read
 * and closed at its end, so that a thousand inputs need one descriptor. A file that grows meanwhile is read up to
 * the size it had at that moment.
 */
class FileSource implements ClosableSource {
  readonly #path: string;
  readonly #file: string;
  #position: number;
  #end = 0;
  #descriptor: number | null = null;
  #isDone = false;

  constructor(path: string, file: string, position: number) {
    this.#path = path;
    this.#file = file;
    this.#position = position;
  }

  readInto(target: Uint8Array): number {
    if (this.#isDone) return 0;
    try {
      const descriptor = this.#descriptor ?? this.#open();
      const length = Math.min(target.length, this.#end - this.#position);
      const count = length > 0 ? readSync(descriptor, target, 0, length, this.#position) : 0;
      this.#position += count;
      if (count === 0) this.close();
      return count;
    } catch (error) {
      this.close();
      throw fromSystemError(this.#file, error);
    }
  }

  close(): void {
    this.#isDone = true;
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    closeSync(descriptor);
  }

  #open(): number {
    const descriptor = openSync(this.#path, "r");
    this.#descriptor = descriptor;
    this.#end = fstatSync(descriptor).size;
    return descriptor;
  }
}

export class FileOrigin implements ByteOrigin {
  readonly canReopen = true;
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #file: string;

  /** `file` is the name that errors tell, `sizeBytes` what stat said. */
  constructor(path: string, file: string, sizeBytes: number) {
    this.#path = path;
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  async peek(length: number): Promise<Uint8Array> {
    const source = this.open();
    const target = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const count = source.readInto(target.subarray(filled));
      if (count === 0) break;
      filled += count;
    }
    source.close();
    return target.subarray(0, filled);
  }

  open(): FileSource {
    return this.openAt(0);
  }

  /** Reads from `offset` on; for the members of an uncompressed bundle. */
  openAt(offset: number): FileSource {
    return new FileSource(this.#path, this.#file, offset);
  }
}
