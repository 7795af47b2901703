/** What undoing one kind of compression looks like: pieces in, blocks out, an end of its own when something does not fit. */

/** Why no more comes out. `isCut`: the packed bytes ended in the middle; otherwise they contradict themselves. */
export interface UnpackFailure {
  readonly isCut: boolean;
  /** Half a sentence, e.g. "a block is larger than its frame allows". */
  readonly message: string;
}

export interface Unpacker {
  /** Unpacked and not yet taken; the reader takes the blocks out. */
  readonly output: Uint8Array[];
  readonly failure: UnpackFailure | null;
  /** Much has come out and more would come without further bytes: take the output, then call `resume`. */
  readonly isPaused: boolean;
  /** Whether output of the last piece may be missing after a failure, because the library gives it only with the next one. */
  readonly keepsBack: boolean;
  /** Returns when the output of the piece is there, or a part of it and `isPaused`. */
  write(piece: Uint8Array): Promise<void> | void;
  resume(): void;
  /** No bytes follow. */
  end(): Promise<void> | void;
  close(): void;
}

/** Unpacked bytes after which an unpacker pauses, so that a few packed bytes cannot ask for much memory. */
export const PAUSE_AFTER_BYTES = 8 * 1024 * 1024;
