/** A capture that is still being written: read to its end, then waited for, until somebody says that it is enough. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClosableSource } from "./byte-origin.ts";
import { fromSystemError } from "./input-error.ts";

/** How growing captures are followed. */
export interface Following {
  /** Aborted: every capture ends where its file ends now. */
  readonly signal: AbortSignal;
  /** A capture that has not grown for so long ends as well; null = never. */
  readonly idleMs: number | null;
}

/** Often enough to look live; a stat and a read that gives nothing cost microseconds. */
const POLL_MS = 200;

export class FollowSource implements ClosableSource {
  readonly #path: string;
  readonly #file: string;
  readonly #following: Following;
  #position = 0;
  #descriptor: number | null = null;
  #isDone = false;
  /** Set when the end was asked for: what is written from then on does not count. */
  #end = Number.POSITIVE_INFINITY;

  /** `file` is the name that errors tell. */
  constructor(path: string, file: string, following: Following) {
    this.#path = path;
    this.#file = file;
    this.#following = following;
  }

  readInto(target: Uint8Array): number | Promise<number> {
    const count = this.#read(target);
    return count > 0 || this.#isDone ? count : this.#wait(target);
  }

  close(): void {
    this.#isDone = true;
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    closeSync(descriptor);
  }

  /** Waits until the file has grown; 0 when it is to end. */
  async #wait(target: Uint8Array): Promise<number> {
    const { signal, idleMs } = this.#following;
    const since = performance.now();
    for (;;) {
      const isIdle = idleMs !== null && performance.now() - since >= idleMs;
      if (isIdle || signal.aborted) {
        const count = this.#read(target);
        if (count === 0) this.close();
        return count;
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => {});
      const count = this.#read(target);
      if (count > 0) return count;
    }
  }

  #read(target: Uint8Array): number {
    if (this.#isDone) return 0;
    try {
      this.#descriptor ??= openSync(this.#path, "r");
      if (this.#following.signal.aborted && this.#end === Number.POSITIVE_INFINITY) {
        this.#end = fstatSync(this.#descriptor).size;
      }
      const length = Math.min(target.length, this.#end - this.#position);
      if (length <= 0) return 0;
      const count = readSync(this.#descriptor, target, 0, length, this.#position);
      this.#position += count;
      return count;
    } catch (error) {
      this.close();
      throw fromSystemError(this.#file, error);
    }
  }
}

/** Waits until the file has at least `bytes` bytes, for telling what it is; at the end of following, it has what it has. */
export async function waitForBytes(
  sizeOf: () => number,
  bytes: number,
  { signal, idleMs }: Following,
): Promise<void> {
  const since = performance.now();
  while (sizeOf() < bytes && !signal.aborted) {
    if (idleMs !== null && performance.now() - since >= idleMs) return;
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}
