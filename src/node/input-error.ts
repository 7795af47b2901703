/** An input that cannot be read at all. Everything less than that is a diagnostic. */

export type InputErrorKind =
  | "missing"
  | "unreadable"
  | "empty"
  | "not-recognised"
  | "directory-empty"
  /** Standard input asked for twice, a label that is none, a podpath.yaml that says nothing usable. */
  | "bad-argument";

export class InputError extends Error {
  override readonly name = "InputError";
  readonly kind: InputErrorKind;
  /** The input as the user named it. */
  readonly file: string;
  /** What to do about it, one sentence. */
  readonly advice: string;

  /** `what` is one sentence without the file name; the message is "FILE: WHAT". */
  constructor(kind: InputErrorKind, file: string, what: string, advice: string, cause?: unknown) {
    super(`${file}: ${what}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.file = file;
    this.advice = advice;
  }
}

/** The InputError for a failed system call on `file`. */
export function fromSystemError(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new InputError("missing", file, "no such file or directory", "Check the path.", error);
  }
  if (code === "EACCES" || code === "EPERM") {
    const advice = "Captures made with sudo belong to root: change their owner or mode.";
    return new InputError("unreadable", file, "permission denied", advice, error);
  }
  if (code === "ELOOP") {
    const what = "is a symbolic link that leads back to itself";
    return new InputError("unreadable", file, what, "Name the file itself.", error);
  }
  if (code === "ENXIO") {
    const advice = "Give a file, a folder, or - for standard input.";
    return new InputError("unreadable", file, "is a socket", advice, error);
  }
  if (code === "EISDIR") {
    const what = "is a folder where a file is wanted";
    return new InputError("unreadable", file, what, "Name a file inside it.", error);
  }
  if (code === "EMFILE" || code === "ENFILE") {
    const advice = "Raise the limit on open files (ulimit -n).";
    return new InputError("unreadable", file, "too many open files", advice, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new InputError(
    "unreadable",
    file,
    `cannot be read (${reason})`,
    "Copy the file to a local disk and try again.",
    error,
  );
}
