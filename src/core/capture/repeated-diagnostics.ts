/**
 * Diagnostics that every record of a file may raise: the first one is written out, the others are only counted, because
 * the path of a record must not build strings.
 */
import type { DiagnosticKind, DiagnosticLog } from "../diagnostics/diagnostic.ts";

export class RepeatedDiagnostics {
  readonly #log: DiagnosticLog;
  readonly #file: string;
  readonly #kinds: readonly DiagnosticKind[];
  readonly #counts: Float64Array;

  /** A kind's place in `kinds` is the slot that the other methods name it by. */
  constructor(log: DiagnosticLog, file: string, kinds: readonly DiagnosticKind[]) {
    this.#log = log;
    this.#file = file;
    this.#kinds = kinds;
    this.#counts = new Float64Array(kinds.length);
  }

  /** Counts one more; true when it was the first, which the caller then describes with `describe`. */
  isFirst(slot: number): boolean {
    const count = this.#counts[slot] ?? 0;
    this.#counts[slot] = count + 1;
    return count === 0;
  }

  describe(slot: number, record: number, offset: number, message: string): void {
    const kind = this.#kinds[slot];
    if (kind !== undefined) this.#log.add(kind, { file: this.#file, record, offset }, message);
  }

  /** Hands the counts of the others over to the log; called once, when the file has ended. */
  flush(): void {
    this.#kinds.forEach((kind, slot) => {
      const others = (this.#counts[slot] ?? 0) - 1;
      if (others > 0) this.#log.add(kind, { file: this.#file }, "", others);
      this.#counts[slot] = 0;
    });
  }
}
