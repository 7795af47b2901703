/** The oddities that opening and unpacking inputs can meet. */
import type { DiagnosticKind } from "../core/diagnostics/diagnostic.ts";

export const COMPRESSED_DAMAGED: DiagnosticKind = {
  code: "input.compressed-damaged",
  severity: "error",
  hint: "Everything unpacked before the damage was used; copy the file again.",
};
export const COMPRESSED_TRUNCATED: DiagnosticKind = {
  code: "input.compressed-truncated",
  severity: "warning",
  hint: "The compressed file was cut; everything before the cut was used.",
};
export const INFLATE_RATIO: DiagnosticKind = {
  code: "input.inflate-ratio",
  severity: "error",
  hint: "The file unpacks to far more than captures do, so it was cut; if it is genuine, unpack it yourself and give the result.",
};
export const BUNDLE_DAMAGED: DiagnosticKind = {
  code: "input.bundle-damaged",
  severity: "error",
  hint: "The members before the damage were used; make the bundle again.",
};
export const FILE_LIMIT: DiagnosticKind = {
  code: "input.file-limit",
  severity: "error",
  hint: "Give fewer files at a time.",
};
export const NOT_RECOGNISED: DiagnosticKind = {
  code: "input.not-recognised",
  severity: "warning",
  hint: "A file of a directory or bundle is neither a capture nor text; it was left out.",
};
export const NOT_READABLE: DiagnosticKind = {
  code: "input.not-readable",
  severity: "warning",
  hint: "A file of a directory could not be read; it was left out.",
};
export const GIVEN_TWICE: DiagnosticKind = {
  code: "input.given-twice",
  severity: "note",
  hint: "The same file was named more than once; it was read once.",
};
export const LABEL_WITHOUT_FILE: DiagnosticKind = {
  code: "input.label-without-file",
  severity: "warning",
  hint: "podpath.yaml names a capture that is not beside it; check the spelling.",
};
export const ROTATED: DiagnosticKind = {
  code: "input.rotated",
  severity: "note",
  hint: "Files of one rotated capture were read as one; its records are numbered on over them, oldest first. Other captures need other names.",
};
