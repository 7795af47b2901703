/**
 * Files that are old or new, never half: written beside their final place, flushed to the disk, then renamed over it
 * (rename(2) replaces in one step).
 */
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { errorCode, OutputError } from "./output-error.ts";
import { TextBlock } from "./text-block.ts";

/** The system calls that a write needs; tests put failing ones in their place. */
export interface OutputFileSystem {
  open(path: string, flags: string): number;
  write(fd: number, bytes: Uint8Array): number;
  sync(fd: number): void;
  close(fd: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
}

const REAL: OutputFileSystem = {
  open: (path, flags) => openSync(path, flags, 0o666),
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  unlink: unlinkSync,
};

/**
 * Writes all of `chunks` to `path`. A path that exists and is no regular file (a device, a FIFO) is written in place.
 * Throws OutputError; the old file is then as it was and nothing is left beside it, nor when a signal ends the process halfway.
 */
export async function writeFileAtomically(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  fileSystem: OutputFileSystem = REAL,
): Promise<void> {
  try {
    const existing = statIfThere(path);
    if (existing !== null && !existing.isFile()) await writeInPlace(path, chunks, fileSystem);
    // Through a symbolic link the file it points to is replaced, not the link.
    else await replace(existing === null ? path : realpathSync(path), existing, chunks, fileSystem);
  } catch (error) {
    throw error instanceof SourceError ? error.cause : new OutputError(path, error);
  }
}

/** Making the chunks failed: a bug of the renderer, which must not be reported as a bad disk. */
class SourceError extends Error {}

function statIfThere(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

async function writeInPlace(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  files: OutputFileSystem,
): Promise<void> {
  const fd = files.open(path, "w");
  try {
    await writeAll(fd, chunks, files);
  } finally {
    files.close(fd);
  }
}

async function replace(
  path: string,
  existing: Stats | null,
  chunks: Iterable<string | Uint8Array>,
  files: OutputFileSystem,
): Promise<void> {
  removeStaleTemporaries(path, files);
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${process.pid}.tmp`);
  let fd = files.open(temporary, "w");
  const abandon = (): void => ignoreFailure(() => files.unlink(temporary));
  // A signal ends the process between two blocks.
  process.once("exit", abandon);
  try {
    if (existing !== null) fchmodSync(fd, existing.mode & 0o7777);
    await writeAll(fd, chunks, files);
    files.sync(fd);
    const written = fd;
    fd = -1;
    files.close(written);
    files.rename(temporary, path);
  } catch (error) {
    if (fd >= 0) ignoreFailure(() => files.close(fd));
    abandon();
    throw error;
  } finally {
    process.off("exit", abandon);
  }
  // The rename itself survives a power cut only when the folder is flushed; file systems that cannot are no failure.
  ignoreFailure(() => syncDirectory(dirname(path)));
}

async function writeAll(
  fd: number,
  chunks: Iterable<string | Uint8Array>,
  files: OutputFileSystem,
): Promise<void> {
  const block = new TextBlock();
  const write = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += files.write(fd, bytes.subarray(done));
  };
  for (const chunk of fromRenderer(chunks)) {
    if (typeof chunk !== "string") {
      write(block.take());
      write(chunk);
      continue;
    }
    for (let rest = block.add(chunk); rest !== ""; rest = block.add(rest)) {
      write(block.take());
      // A report of millions of connections takes a while; signals are heard in between.
      await turn();
    }
  }
  write(block.take());
}

function* fromRenderer(
  chunks: Iterable<string | Uint8Array>,
): Generator<string | Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.iterator]();
  for (;;) {
    let step: IteratorResult<string | Uint8Array>;
    try {
      step = iterator.next();
    } catch (cause) {
      throw new SourceError("rendering failed", { cause });
    }
    if (step.done === true) return;
    yield step.value;
  }
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.podpath-`;
}

/** A killed run cannot clean up after itself; the next one does, by the process id in the name. */
function removeStaleTemporaries(path: string, files: OutputFileSystem): void {
  const prefix = temporaryPrefix(path);
  let names: string[] = [];
  try {
    names = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
  } catch {
    // A folder that may be written to but not listed: nothing to clean up that could be seen.
  }
  for (const name of names) {
    const pid = Number(/^(\d+)\.tmp$/.exec(name.slice(prefix.length))?.[1] ?? Number.NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) {
      ignoreFailure(() => files.unlink(join(dirname(path), name)));
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function ignoreFailure(action: () => void): void {
  try {
    action();
  } catch {
    // The first failure is the one worth telling.
  }
}
