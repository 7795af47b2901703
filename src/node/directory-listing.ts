/** The files of a directory of captures and snapshots, in an order that no machine changes. */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { MAX_DIRECTORY_DEPTH, MAX_FILES_PER_DIRECTORY } from "../core/limits.ts";
import { FILE_LIMIT, NOT_READABLE } from "./input-diagnostics.ts";
import { fromSystemError } from "./input-error.ts";

export interface ListedFile {
  /** Path below the directory, "/" between its parts. */
  readonly relative: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** Path without symbolic links: the same for two ways to one file. */
  readonly identity: string;
}

export interface IgnoredFile {
  readonly file: string;
  readonly reason: string;
}

export interface DirectoryListing {
  readonly files: readonly ListedFile[];
  readonly ignored: readonly IgnoredFile[];
}

/**
 * Regular files below `path`, sorted by name in code unit order, directories where their name stands. Links to files are
 * followed (mounted ConfigMaps consist of them), links to directories are not, so that there are no circles.
 */
export function listDirectory(path: string, file: string, log: DiagnosticLog): DirectoryListing {
  const files: ListedFile[] = [];
  const ignored: IgnoredFile[] = [];
  const visit = (directory: string, prefix: string, depth: number): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort(byName)) {
      const relative = `${prefix}${entry.name}`;
      const full = join(directory, entry.name);
      if (entry.name.startsWith(".")) ignored.push({ file: relative, reason: "a hidden file" });
      else if (entry.isDirectory()) {
        if (depth >= MAX_DIRECTORY_DEPTH)
          tooMany(relative, `more than ${MAX_DIRECTORY_DEPTH} deep`);
        else attempt(relative, () => visit(full, `${relative}/`, depth + 1));
      } else attempt(relative, () => addFile(full, relative));
    }
  };
  const addFile = (full: string, relative: string): void => {
    const stat = statSync(full);
    if (!stat.isFile()) ignored.push({ file: relative, reason: "not a regular file" });
    else if (files.length >= MAX_FILES_PER_DIRECTORY) {
      tooMany(relative, `more than ${MAX_FILES_PER_DIRECTORY} files`);
    } else {
      files.push({ relative, path: full, sizeBytes: stat.size, identity: realpathSync(full) });
    }
  };
  const attempt = (relative: string, action: () => void): void => {
    try {
      action();
    } catch (error) {
      const { message } = fromSystemError(relative, error);
      log.add(NOT_READABLE, { file }, message);
      ignored.push({ file: relative, reason: "cannot be read" });
    }
  };
  const tooMany = (relative: string, what: string): void => {
    log.add(FILE_LIMIT, { file }, `the directory has ${what}`);
    ignored.push({ file: relative, reason: what });
  };
  try {
    visit(path, "", 0);
  } catch (error) {
    throw fromSystemError(file, error);
  }
  return { files, ignored };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Files that lie beside captures and snapshots and are neither; null for all others. */
export function reasonToIgnore(relative: string): string | null {
  const name = relative.slice(relative.lastIndexOf("/") + 1);
  if (name.startsWith(".")) return "a hidden file";
  if (
    /^(readme|licen[cs]e|copying|source|notice)(\.|$)/i.test(name) ||
    /\.(md|rst|html?|svg|png)$/i.test(name)
  ) {
    return "documentation";
  }
  if (/^(expected\.|sample\.json$)/.test(name)) return "what a sample expects";
  const isBookkeeping = /^(captures|truth|verify|edits|topology)\.json$/.test(name);
  return isBookkeeping ? "a record of how the captures were made" : null;
}
