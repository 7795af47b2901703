/** A regular file, read in blocks straight into the reader's window. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { ByteOrigin, ClosableSource } from "./byte-origin.ts";
import { type Following, FollowSource, waitForBytes } from "./follow-source.ts";
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

/** What a file has to begin with before anybody can tell what it is; tcpdump writes it at once. */
const TELLING_BYTES = 24;

export class FileOrigin implements ByteOrigin {
  readonly #path: string;
  readonly #file: string;
  readonly #statBytes: number;
  /** Set when captures are followed: what this file is has to be waited for. */
  readonly #following: Following | null;
  #isFollowed = false;

  /** `file` is the name that errors tell, `sizeBytes` what stat said. */
  constructor(path: string, file: string, sizeBytes: number, following: Following | null = null) {
    this.#path = path;
    this.#file = file;
    this.#statBytes = sizeBytes;
    this.#following = following;
  }

  /** A file that is followed cannot be read again: it would have no end, or another one. */
  get canReopen(): boolean {
    return !this.#isFollowed;
  }

  get sizeBytes(): number | null {
    return this.#isFollowed ? null : this.#statBytes;
  }

  modifiedMs(): number | null {
    return statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? null;
  }

  /** From now on the file is a capture that grows; without `Following` nothing changes. */
  follow(): void {
    this.#isFollowed = this.#following !== null;
  }

  async peek(length: number): Promise<Uint8Array> {
    if (this.#following !== null) {
      // A file that is gone is told by whoever opens it.
      const size = (): number =>
        statSync(this.#path, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
      await waitForBytes(size, Math.min(length, TELLING_BYTES), this.#following);
    }
    const source = this.openAt(0);
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

  open(): ClosableSource {
    if (!this.#isFollowed || this.#following === null) return this.openAt(0);
    return new FollowSource(this.#path, this.#file, this.#following);
  }

  /** Reads from `offset` on; for the members of an uncompressed bundle. */
  openAt(offset: number): FileSource {
    return new FileSource(this.#path, this.#file, offset);
  }
}
