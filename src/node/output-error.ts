/** Output that could not be written: exit code 74 (EX_IOERR of sysexits.h). */
export class OutputError extends Error {
  override readonly name = "OutputError";
  /** What to do about it, one sentence. */
  readonly advice: string;

  /** `target` is where it should have gone, as the user named it; the message is "TARGET: WHAT". */
  constructor(target: string, cause: unknown) {
    const code = errorCode(cause);
    super(`${target}: ${WHAT.get(code) ?? `cannot be written (${code})`}`, { cause });
    this.advice = ADVICE.get(code) ?? "Check the path and the disk, or write somewhere else.";
  }
}

const WHAT: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "no space left on the device"],
  ["EDQUOT", "the disk quota is used up"],
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOENT", "its folder does not exist"],
  ["ENOTDIR", "a part of its path is not a folder"],
  ["EISDIR", "it is a folder"],
  ["EIO", "input/output error"],
  ["EMFILE", "too many open files"],
]);

const ADVICE: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "Free some space or write somewhere else."],
  ["EDQUOT", "Free some space or write somewhere else."],
  ["EACCES", "Choose a folder that you may write to."],
  ["EPERM", "Choose a folder that you may write to."],
  ["EROFS", "Choose a folder that you may write to."],
  ["ENOENT", "Make the folder first."],
  ["EISDIR", "Name a file inside it."],
]);

/** `code` of a Node system error ("ENOSPC"), or "unknown error". */
export function errorCode(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "unknown error";
}
