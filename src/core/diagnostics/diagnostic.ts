/**
 * Oddities of an input: tolerated, named, counted, with the first place where each was met (Zeek's "weird").
 * A diagnostic never stops the analysis and never loses a record; what cannot be read at all is an InputError of the rim.
 */

/** `error`: part of an input could not be used. `warning`: read, but the answer may be incomplete. `note`: worth knowing. */
export type DiagnosticSeverity = "error" | "warning" | "note";

/** The kind of an oddity. Each layer declares its own table of kinds beside the code that raises them. */
export interface DiagnosticKind {
  /** Stable id, `layer.thing-that-is-odd`, e.g. `capture.record-truncated`. */
  readonly code: `${string}.${string}`;
  readonly severity: DiagnosticSeverity;
  /** What a user can do about it, one sentence. */
  readonly hint: string;
}

/** Where in the inputs. `record` counts from 1 like Wireshark; `offset` is bytes from the start of the (decompressed) file. */
export interface DiagnosticPlace {
  readonly file: string;
  readonly record?: number;
  readonly offset?: number;
  readonly line?: number;
  /** JSON pointer (RFC 6901) inside a snapshot file. */
  readonly pointer?: string;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: DiagnosticSeverity;
  /** What was met the first time, one sentence with the numbers. */
  readonly message: string;
  readonly count: number;
  readonly first: DiagnosticPlace;
  readonly hint: string;
}

interface Entry {
  kind: DiagnosticKind;
  message: string;
  count: number;
  first: DiagnosticPlace;
}

/** Counts oddities per (code, file) and keeps the first place of each; the order of `list()` is first met first. */
export class DiagnosticLog {
  readonly #entries = new Map<string, Entry>();

  add(kind: DiagnosticKind, first: DiagnosticPlace, message: string, count = 1): void {
    const key = `${kind.code}\0${first.file}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#entries.set(key, { kind, message, count, first });
    else entry.count += count;
  }

  list(): Diagnostic[] {
    return [...this.#entries.values()].map(({ kind, message, count, first }) => ({
      code: kind.code,
      severity: kind.severity,
      message,
      count,
      first,
      hint: kind.hint,
    }));
  }
}
