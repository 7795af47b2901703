/** What can be odd about snapshot files. */
import type { DiagnosticKind } from "../diagnostics/diagnostic.ts";

export const NOT_RECOGNISED: DiagnosticKind = {
  code: "snapshot.not-recognised",
  severity: "note",
  hint: "See `podpath snapshot plan` for the commands whose output is understood.",
};
export const FOREIGN_TEXT: DiagnosticKind = {
  code: "snapshot.foreign-text",
  severity: "error",
  hint: "Something else was saved in the place of what the file should hold; all other files were used.",
};
export const EMPTY_FILE: DiagnosticKind = {
  code: "snapshot.empty-file",
  severity: "note",
  hint: "The command that wrote it printed nothing; run it again if it should have.",
};
export const FILE_TOO_LARGE: DiagnosticKind = {
  code: "snapshot.file-too-large",
  severity: "error",
  hint: "Give only the part of it that covers the captured nodes and time.",
};
export const JSON_SYNTAX: DiagnosticKind = {
  code: "snapshot.json-syntax",
  severity: "error",
  hint: "The file is cut short or was edited; write it again. All other files were used.",
};
export const YAML_NOT_READ: DiagnosticKind = {
  code: "snapshot.yaml-not-read",
  severity: "warning",
  hint: "Run the same kubectl command with `-o json` instead of `-o yaml`.",
};
export const ENTRY_SKIPPED: DiagnosticKind = {
  code: "snapshot.entry-skipped",
  severity: "warning",
  hint: "The entry lacks what identifies it or is cut off; the others of the file were used.",
};
export const KIND_NOT_USED: DiagnosticKind = {
  code: "snapshot.kind-not-used",
  severity: "note",
  hint: "These objects say nothing about addresses; they can be left out of the snapshot.",
};
export const CONFLICT: DiagnosticKind = {
  code: "snapshot.conflict",
  severity: "warning",
  hint: "Collect all files at one time; verdicts about this address are less certain.",
};
export const NODE_NOT_KNOWN: DiagnosticKind = {
  code: "snapshot.node-not-known",
  severity: "warning",
  hint: "Add `ip addr` of the same node under the same file name stem, or the output of `hostname`.",
};
export const NAMESPACE_NOT_TOLD: DiagnosticKind = {
  code: "snapshot.namespace-not-told",
  severity: "note",
  hint: "Run `kubectl get pods -A -o wide` so that the table has a NAMESPACE column.",
};
export const VPC_NOT_TOLD: DiagnosticKind = {
  code: "snapshot.vpc-not-told",
  severity: "warning",
  hint: "Add `aws ec2 describe-network-interfaces`, which says in which VPC the nodes are.",
};
