/** From the words on the command line to captures to read and snapshot texts: every input recognised by its content. */
import { createReadStream, realpathSync, type Stats, statSync } from "node:fs";
import type { CaptureJob, SnapshotText, VantageLabel } from "../core/analysis.ts";
import type { ByteSource } from "../core/capture/byte-source.ts";
import { type Diagnostic, DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { MAX_BUFFERED_BYTES, MAX_SNAPSHOT_FILE_BYTES } from "../core/limits.ts";
import { type ByteOrigin, MemoryOrigin, readAll } from "./byte-origin.ts";
import type { Compression } from "./compression.ts";
import { type IgnoredFile, listDirectory, reasonToIgnore } from "./directory-listing.ts";
import { FileOrigin } from "./file-source.ts";
import type { Following } from "./follow-source.ts";
import { HashedOrigin } from "./hashed-source.ts";
import { FILE_LIMIT, GIVEN_TWICE, NOT_READABLE, NOT_RECOGNISED } from "./input-diagnostics.ts";
import { fromSystemError, InputError } from "./input-error.ts";
import { isManifest, readManifests } from "./manifest.ts";
import type { InputDescription, OpenedInputs, OpenOptions } from "./opened-inputs.ts";
import { decodeText, type Recognised, recognise } from "./recognise.ts";
import { Rotations } from "./rotated-captures.ts";
import { StreamOrigin } from "./stream-source.ts";
import { openTarBundle } from "./tar-bundle.ts";
import { splitLabel } from "./vantage-label.ts";

/** Something to be recognised. */
interface Candidate {
  readonly file: string;
  readonly origin: ByteOrigin;
  readonly label: VantageLabel | null;
  /** Equal for two candidates that are the same file; null when that cannot be known. */
  readonly identity: string | null;
  /** A candidate given by name must be usable; one found in a directory or bundle may be left out. */
  readonly isNamed: boolean;
  readonly isSnapshotOnly: boolean;
}

interface Used {
  readonly file: string;
  readonly kind: "capture" | "snapshot";
  readonly format: string;
  /** As given. */
  readonly origin: HashedOrigin;
  /** Unpacked. */
  readonly content: ByteOrigin;
}

/**
 * Opens everything that the arguments name: captures, texts, directories, tar bundles (also compressed), "-" and
 * LABEL=PATH. What cannot be read at all is in `errors`.
 */
export async function openInputs(
  args: readonly string[],
  options: OpenOptions,
): Promise<OpenedInputs> {
  const opener = new InputOpener(options);
  for (const arg of args) await opener.openArgument(arg, false);
  for (const path of options.snapshots) await opener.openArgument(path, true);
  opener.joinRotated();
  return opener;
}

class InputOpener implements OpenedInputs {
  readonly captures: CaptureJob[] = [];
  readonly snapshots: SnapshotText[] = [];
  readonly ignored: IgnoredFile[] = [];
  readonly errors: InputError[] = [];

  readonly #options: OpenOptions;
  readonly #following: Following | null;
  readonly #log = new DiagnosticLog();
  readonly #used: Used[] = [];
  readonly #closers: (() => void)[] = [];
  /** Identity → file name of what was taken, so that nothing is counted twice. */
  readonly #seen = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #rotations = new Rotations();

  constructor(options: OpenOptions) {
    this.#options = options;
    this.#following = options.following ?? null;
  }

  async describe(): Promise<InputDescription[]> {
    const descriptions: InputDescription[] = [];
    for (const { file, kind, format, origin } of this.#used) {
      const { bytes, sha256 } = await origin.describe();
      descriptions.push({ file, kind, format, bytes, ...(sha256 === null ? {} : { sha256 }) });
    }
    return descriptions;
  }

  joinRotated(): void {
    this.#rotations.join(this.captures, this.#log);
  }

  reopen(file: string): ByteSource | null {
    // The second reader knows one file at a time.
    if (this.#rotations.has(file)) return null;
    const content = this.#used.find((used) => used.file === file)?.content;
    if (content === undefined || !content.canReopen) return null;
    const source = content.open();
    this.#closers.push(() => source.close());
    return source;
  }

  get diagnostics(): Diagnostic[] {
    return this.#log.list();
  }

  close(): void {
    for (const close of this.#closers.splice(0)) close();
  }

  /** Opens one argument; an InputError of it goes to `errors`. */
  async openArgument(arg: string, isSnapshotOnly: boolean): Promise<void> {
    try {
      await this.#openArgument(arg, isSnapshotOnly);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.errors.push(error);
    }
  }

  async #openArgument(arg: string, isSnapshotOnly: boolean): Promise<void> {
    const { path, label } = splitLabel(arg);
    if (path === "-") {
      if (this.#seen.has("-")) {
        const advice = "Name it once.";
        throw new InputError("bad-argument", "-", "standard input can be read once only", advice);
      }
      this.#seen.set("-", "-");
      const origin = new StreamOrigin(this.#options.stdin, "-");
      await this.#openNamed("-", null, origin, label, isSnapshotOnly);
      return;
    }
    const stat = statOf(path);
    if (stat.isDirectory()) await this.#openDirectory(path, label, isSnapshotOnly);
    else if (stat.isFile()) {
      const following = isSnapshotOnly ? null : this.#following;
      const origin = new FileOrigin(path, path, stat.size, following);
      await this.#openNamed(path, realpathSync(path), origin, label, isSnapshotOnly);
    } else {
      // A FIFO, such as the <(...) of a shell.
      const origin = new StreamOrigin(createReadStream(path), path);
      await this.#openNamed(path, null, origin, label, isSnapshotOnly);
    }
  }

  async #openNamed(
    file: string,
    identity: string | null,
    origin: ByteOrigin,
    label: VantageLabel | null,
    isSnapshotOnly: boolean,
  ): Promise<void> {
    await this.#open({ file, origin, label, identity, isNamed: true, isSnapshotOnly }, true);
  }

  async #openDirectory(
    path: string,
    label: VantageLabel | null,
    isSnapshotOnly: boolean,
  ): Promise<void> {
    const { files, ignored } = listDirectory(path, path, this.#log);
    const prefix = path === "." ? "" : `${path.replace(/\/+$/, "")}/`;
    this.ignored.push(...ignored.map(({ file, reason }) => ({ file: `${prefix}${file}`, reason })));
    const members = files.map(({ relative, path: full, sizeBytes, identity }) => ({
      path: relative,
      file: `${prefix}${relative}`,
      origin: new FileOrigin(full, `${prefix}${relative}`, sizeBytes),
      identity,
    }));
    await this.#openMembers(path, members, label, isSnapshotOnly, true);
  }

  async #openBundle(candidate: Candidate, content: ByteOrigin): Promise<void> {
    const { file, identity, label, isSnapshotOnly } = candidate;
    const bundle = await openTarBundle(await this.#reopenable(content, file), file, this.#log);
    this.#closers.push(() => bundle.close());
    const members = bundle.members.map(({ path, origin }) => ({
      path,
      file: `${file}:${path}`,
      origin,
      identity: identity === null ? null : `${identity}\0${path}`,
    }));
    await this.#openMembers(file, members, label, isSnapshotOnly, false);
  }

  /** A bundle is read once to list it and again for its large members, so one from a stream is held in memory. */
  async #reopenable(content: ByteOrigin, file: string): Promise<ByteOrigin> {
    if (content.canReopen) return content;
    const bytes = await readAll(content.open(), MAX_BUFFERED_BYTES);
    if (bytes !== null) return new MemoryOrigin(bytes);
    const what = `a bundle of more than ${MAX_BUFFERED_BYTES} bytes cannot be read from a stream`;
    throw new InputError("unreadable", file, what, "Save it to a file and give that.");
  }

  /** The files of a directory or bundle, with the labels that a podpath.yaml among them gives. */
  async #openMembers(
    container: string,
    members: readonly (Pick<Candidate, "file" | "origin" | "identity"> & {
      readonly path: string;
    })[],
    label: VantageLabel | null,
    isSnapshotOnly: boolean,
    mayHoldBundles: boolean,
  ): Promise<void> {
    const labels = await readManifests(members, this.#log);
    const before = this.#used.length;
    let found = 0;
    for (const { path, file, origin, identity } of members) {
      const reason = isManifest(path) ? "names the vantage points" : reasonToIgnore(path);
      if (reason !== null) {
        this.ignored.push({ file, reason });
        continue;
      }
      const own = labels.get(path);
      const both = own === undefined ? label : { ...label, ...own };
      const candidate = { file, origin, identity, label: both, isNamed: false, isSnapshotOnly };
      if (await this.#open(candidate, mayHoldBundles)) found += 1;
    }
    if (this.#used.length > before || found > 0) return;
    const what = "holds no capture and no text";
    throw new InputError(
      "directory-empty",
      container,
      what,
      "Give a directory with captures, or files.",
    );
  }

  /** Recognises one candidate and takes it; false when it was left out. */
  async #open(candidate: Candidate, mayBeBundle: boolean): Promise<boolean> {
    const origin = new HashedOrigin(candidate.origin, this.#options.hash);
    let recognised: { is: Recognised; compression: Compression | null };
    try {
      recognised = await recognise(origin, candidate.file, this.#log);
    } catch (error) {
      if (candidate.isNamed) throw error;
      this.#log.add(
        NOT_READABLE,
        { file: candidate.file },
        fromSystemError(candidate.file, error).message,
      );
      return this.#leaveOut(candidate, "cannot be read");
    }
    const { is, compression } = recognised;
    if (is.kind === "empty") return this.#refuse(candidate, "empty", "is empty", "Capture again.");
    if (is.kind === "unknown") {
      if (!candidate.isNamed) this.#log.add(NOT_RECOGNISED, { file: candidate.file }, is.what);
      return this.#refuse(candidate, "not-recognised", is.what, is.advice);
    }
    if (is.kind === "bundle") {
      if (!mayBeBundle) return this.#leaveOut(candidate, "a bundle inside a bundle");
      await this.#openBundle(candidate, is.content);
      return true;
    }
    if (this.#isRepeated(candidate)) return true;
    const format = compression === null ? is.format : `${is.format}+${compression}`;
    if (is.kind === "text") return this.#takeText(candidate, is.content, format, origin);
    return this.#takeCapture(candidate, is.content, format, origin);
  }

  async #takeCapture(
    candidate: Candidate,
    content: ByteOrigin,
    format: string,
    origin: HashedOrigin,
  ): Promise<boolean> {
    if (candidate.isSnapshotOnly) {
      const what = "is a capture, but was given as a snapshot";
      return this.#refuse(candidate, "bad-argument", what, "Give captures without --snapshot.");
    }
    const file = this.#uniqueName(candidate.file);
    await this.#rotations.look(file, candidate.origin, content);
    candidate.origin.follow?.();
    const source = content.open();
    this.#closers.push(() => source.close());
    this.captures.push({ file, label: candidate.label, source });
    this.#used.push({ file, kind: "capture", format, origin, content });
    return true;
  }

  async #takeText(
    candidate: Candidate,
    content: ByteOrigin,
    format: string,
    origin: HashedOrigin,
  ): Promise<boolean> {
    const source = content.open();
    const bytes = await readAll(source, MAX_SNAPSHOT_FILE_BYTES);
    source.close();
    if (bytes === null) {
      const what = `is a text of more than ${MAX_SNAPSHOT_FILE_BYTES} bytes`;
      if (!candidate.isNamed) this.#log.add(FILE_LIMIT, { file: candidate.file }, what);
      return this.#refuse(candidate, "unreadable", what, "Collect a smaller snapshot.");
    }
    const file = this.#uniqueName(candidate.file);
    this.snapshots.push({ file, text: decodeText(bytes) });
    this.#used.push({ file, kind: "snapshot", format, origin, content });
    return true;
  }

  /** Whether the same file was taken before; a label that comes only now is kept. */
  #isRepeated({ identity, file, label }: Candidate): boolean {
    if (identity === null) return false;
    const before = this.#seen.get(identity);
    if (before === undefined) {
      this.#seen.set(identity, file);
      return false;
    }
    const index = this.captures.findIndex((job) => job.file === before);
    const job = this.captures[index];
    if (job !== undefined && job.label === null) this.captures[index] = { ...job, label };
    this.#log.add(GIVEN_TWICE, { file: before }, `${file} is the same file as ${before}`);
    return true;
  }

  #uniqueName(file: string): string {
    let name = file;
    for (let number = 2; this.#names.has(name); number += 1) name = `${file}#${number}`;
    this.#names.add(name);
    return name;
  }

  /** What cannot be used: an error when it was named, left out when it was found in a directory or bundle. */
  #refuse(
    candidate: Candidate,
    kind: ConstructorParameters<typeof InputError>[0],
    what: string,
    advice: string,
  ): false {
    if (candidate.isNamed) throw new InputError(kind, candidate.file, what, advice);
    return this.#leaveOut(candidate, what);
  }

  #leaveOut({ file }: Candidate, reason: string): false {
    this.ignored.push({ file, reason });
    return false;
  }
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw fromSystemError(path, error);
  }
}
