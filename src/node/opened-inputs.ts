/** What is asked of opening inputs, and what comes of it. */
import type { Readable } from "node:stream";
import type { CaptureJob, SnapshotText } from "../core/analysis.ts";
import type { ByteSource } from "../core/capture/byte-source.ts";
import type { Diagnostic } from "../core/diagnostics/diagnostic.ts";
import type { IgnoredFile } from "./directory-listing.ts";
import type { Following } from "./follow-source.ts";
import type { InputError } from "./input-error.ts";

export interface OpenOptions {
  /** Paths given with -s/--snapshot: files, directories or bundles of which only the texts are taken. */
  readonly snapshots: readonly string[];
  /** Whether `describe()` tells the SHA-256 of each input. */
  readonly hash: boolean;
  /** Read when "-" is given. */
  readonly stdin: Readable;
  /** Wait for what is still written to capture files; null: read them as they are. */
  readonly following?: Following | null;
}

/** One input that was used, for the report. */
export interface InputDescription {
  readonly file: string;
  readonly kind: "capture" | "snapshot";
  /** "pcap", "pcapng" or "text", with "+gzip", "+zstd" or "+lz4" when compressed. */
  readonly format: string;
  /** As given, before unpacking. */
  readonly bytes: number;
  readonly sha256?: string;
}

export interface OpenedInputs {
  /** In the order given, those of a directory by name. No two have the same `file`. */
  readonly captures: readonly CaptureJob[];
  readonly snapshots: readonly SnapshotText[];
  /** Files of directories and bundles that were left out. */
  readonly ignored: readonly IgnoredFile[];
  /** The bytes of a capture, unpacked, from their start again; null when it came through a stream. */
  reopen(file: string): ByteSource | null;
  /** Call after the captures were read: hashes and the lengths of streams are known only then. */
  describe(): Promise<InputDescription[]>;
  /** Arguments that cannot be read at all; the others were opened all the same. */
  readonly errors: readonly InputError[];
  /** Complete after the captures were read: damaged compressed data is met only then. */
  readonly diagnostics: readonly Diagnostic[];
  /** Gives files back that were not read to their end. */
  close(): void;
}
