/** A text that a person wrote for podpath: a policy or a baseline, whole, with the hash that tells which one it was. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { fromSystemError, InputError } from "./input-error.ts";
import { decodeText } from "./recognise.ts";

export interface TextFile {
  readonly text: string;
  readonly sha256: string;
}

/** Throws an InputError; a file of more than `maxBytes` is one. */
export function readTextFile(path: string, maxBytes: number): TextFile {
  try {
    if (statSync(path).size > maxBytes) {
      const advice = "Name the file that was written by hand.";
      throw new InputError("unreadable", path, `has more than ${maxBytes} bytes`, advice);
    }
    const bytes = readFileSync(path);
    return { text: decodeText(bytes), sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch (error) {
    throw fromSystemError(path, error);
  }
}
