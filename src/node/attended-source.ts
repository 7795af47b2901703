/** A source as an analysis at the rim needs it: a failing disk ends one input, not the run, and signals are heard. */
import type { ByteSource } from "../core/capture/byte-source.ts";
import { fromSystemError, type InputError } from "./input-error.ts";

/** Local files are read without a promise; so often, at least, the event loop gets its turn (Ctrl-C, progress). */
const TURN_MS = 100;

/** When the event loop last had its turn; one for all sources of a run. */
export interface Turns {
  lastMs: number;
}

/**
 * After an error the source ends, so that what was read before it counts; `onError` is told once.
 * `now` is a monotonic clock in milliseconds.
 */
export function attendedSource(
  source: ByteSource,
  file: string,
  turns: Turns,
  onError: (error: InputError) => void,
  now: () => number = () => performance.now(),
): ByteSource {
  let failed = false;
  const fail = (error: unknown): number => {
    if (!failed) onError(fromSystemError(file, error));
    failed = true;
    return 0;
  };
  const read = (target: Uint8Array): number | Promise<number> => {
    if (failed) return 0;
    try {
      const count = source.readInto(target);
      return typeof count === "number" ? count : count.catch(fail);
    } catch (error) {
      return fail(error);
    }
  };
  return {
    readInto(target) {
      const time = now();
      if (time - turns.lastMs < TURN_MS) return read(target);
      turns.lastMs = time;
      return new Promise((resolve) => setImmediate(() => resolve(read(target))));
    },
  };
}
