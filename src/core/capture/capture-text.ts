/** Names and comments kept of one capture file, within a budget that no file can pass. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { MAX_CAPTURE_TEXT_BYTES } from "../limits.ts";
import { TEXT_LIMIT } from "./capture-diagnostics.ts";
import { decodeUtf8 } from "./utf8.ts";

export class CaptureText {
  readonly #file: string;
  readonly #log: DiagnosticLog;
  #bytesLeft = MAX_CAPTURE_TEXT_BYTES;

  constructor(file: string, log: DiagnosticLog) {
    this.#file = file;
    this.#log = log;
  }

  /**
   * Text of `bytes[start, end)`, up to the first NUL: pcapng's strings are not terminated, but some writers do it.
   * Undefined when the budget is used up; that is counted.
   */
  take(bytes: Uint8Array, start: number, end: number): string | undefined {
    const nul = bytes.subarray(start, end).indexOf(0);
    const stop = nul < 0 ? end : start + nul;
    return this.reserve(stop - start) ? decodeUtf8(bytes, start, stop) : undefined;
  }

  /** Takes `length` bytes from the budget; an empty text costs one, so that a list of them is bounded as well. */
  reserve(length: number): boolean {
    const cost = Math.max(1, length);
    if (cost > this.#bytesLeft) {
      const message = `names and comments take more than ${MAX_CAPTURE_TEXT_BYTES} bytes`;
      this.#log.add(TEXT_LIMIT, { file: this.#file }, message);
      return false;
    }
    this.#bytesLeft -= cost;
    return true;
  }
}
