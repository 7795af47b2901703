/** From what the user named to the report: open, analyse, build. The one path of every command that reads captures. */
import { randomInt } from "node:crypto";
import type { Readable } from "node:stream";
import type { Analysis, CaptureJob, Progress, SnapshotText } from "../core/analysis.ts";
import { analyze } from "../core/analyze.ts";
import type { ByteSource } from "../core/capture/byte-source.ts";
import { RECORD_TRUNCATED } from "../core/capture/capture-diagnostics.ts";
import { recognise } from "../core/cluster/recognise.ts";
import { FOREIGN_TEXT } from "../core/cluster/snapshot-diagnostics.ts";
import { type Diagnostic, DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { buildReport } from "../core/report/build-report.ts";
import type { Report } from "../core/report/report.ts";
import { attendedSource } from "./attended-source.ts";
import type { CrossCheckResult } from "./cross-check.ts";
import { crossCheckCaptures } from "./cross-check-captures.ts";
import type { Following } from "./follow-source.ts";
import { InputError } from "./input-error.ts";
import { openInputs } from "./open-inputs.ts";

export interface AnalyzeFilesRequest {
  /** Captures, snapshot files, folders, bundles, "-", LABEL=PATH. */
  readonly inputs: readonly string[];
  readonly snapshots: readonly string[];
  readonly sha256: boolean;
  /** Whether the report lists the packets that tell each observation's story. */
  readonly keyPackets: boolean;
  /** Let a second reader go over the captures as well. */
  readonly crossCheck: boolean;
  readonly tool: { readonly name: string; readonly version: string };
  readonly stdin: Readable;
  /** `[namespace/]name` of pods that the user asks about: a finding says when no capture can show them. */
  readonly askedPods: readonly string[];
  readonly maxFlows?: number;
  /** Wait for what is still written to the capture files. */
  readonly following?: Following;
  readonly onProgress?: (progress: Progress) => void;
  /** Called before work that gives the event loop no turn; perhaps more than once. */
  readonly beforeLongWork?: () => void;
}

export interface AnalyzeFilesResult {
  /** null when no input was a capture that could be read. */
  readonly report: Report | null;
  /** Inputs that could not be read at all; the others were analysed all the same. */
  readonly errors: readonly InputError[];
  /** What the second reader says of each capture; empty when it was not asked for. */
  readonly crossChecks: readonly CrossCheckResult[];
}

/** Characters of snapshot texts that are parsed in a fraction of a second. */
const QUICKLY_PARSED = 4_000_000;

export async function analyzeFiles(request: AnalyzeFilesRequest): Promise<AnalyzeFilesResult> {
  const opened = await openInputs(request.inputs, {
    snapshots: request.snapshots,
    hash: request.sha256,
    stdin: request.stdin,
    following: request.following ?? null,
  });
  const errors: InputError[] = [...opened.errors];
  try {
    if (opened.captures.length === 0) {
      errors.push(...foreignTexts(opened.snapshots, request));
      if (errors.length === 0) errors.push(noCapture(request));
      return { report: null, errors, crossChecks: [] };
    }
    const textLength = opened.snapshots.reduce((sum, { text }) => sum + text.length, 0);
    if (textLength > QUICKLY_PARSED) request.beforeLongWork?.();
    const turns = { lastMs: performance.now() };
    const tell = (error: InputError): void => {
      errors.push(error);
    };
    const attend = <T extends { readonly file: string; readonly source: ByteSource }>(
      part: T,
    ): T => ({
      ...part,
      source: attendedSource(part.source, part.file, turns, tell),
    });
    const jobs = opened.captures.map(
      (job): CaptureJob =>
        job.continuedIn === undefined
          ? attend(job)
          : { ...attend(job), continuedIn: job.continuedIn.map(attend) },
    );
    const analysis = await analyze(jobs, opened.snapshots, {
      askedPods: request.askedPods,
      hashSeed: randomInt(2 ** 32),
      ...(request.maxFlows === undefined ? {} : { maxFlows: request.maxFlows }),
      onProgress: (progress) => {
        // Captures are read in turns; what follows is one piece.
        if (progress.stage !== "read") request.beforeLongWork?.();
        request.onProgress?.(progress);
      },
    });
    const checkLog = new DiagnosticLog();
    const crossChecks = request.crossCheck
      ? await crossCheckCaptures(opened.captures, (file) => opened.reopen(file), checkLog)
      : [];
    const found = [...opened.diagnostics, ...analysis.diagnostics, ...checkLog.list()];
    const diagnostics = request.following === undefined ? found : found.map(ofGrowingFile);
    const unreadable = unreadableCaptures(analysis, diagnostics);
    const known = new Set(errors.map(({ file }) => file));
    errors.push(...unreadable.filter(({ file }) => !known.has(file)));
    errors.push(...unreadableTexts(analysis, request));
    if (unreadable.length === analysis.captures.length)
      return { report: null, errors, crossChecks };
    const inputs = await opened.describe();
    const { tool, keyPackets } = request;
    const report = buildReport({ ...analysis, diagnostics }, { tool, inputs, keyPackets });
    return { report, errors, crossChecks };
  } finally {
    opened.close();
  }
}

/** Where following ended, the writer had not: half a record there is no damage. */
function ofGrowingFile(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.code !== RECORD_TRUNCATED.code) return diagnostic;
  const hint =
    "The capture was still being written; what was there of its last record was left out.";
  return { ...diagnostic, severity: "note", hint };
}

function noCapture({ inputs }: AnalyzeFilesRequest): InputError {
  return new InputError(
    "not-recognised",
    inputs.join(" "),
    "holds no capture",
    "Name a pcap or pcapng file as well.",
  );
}

/** Captures that began like one and then held nothing that could be read. One that is merely empty is no error. */
function unreadableCaptures(
  { captures }: Analysis,
  diagnostics: readonly Diagnostic[],
): InputError[] {
  return captures.flatMap(({ file, info }) => {
    if (info !== null && info.records > 0) return [];
    const damage = diagnostics.find(
      ({ severity, first }) => severity === "error" && first.file === file,
    );
    if (damage !== undefined)
      return new InputError("unreadable", file, damage.message, damage.hint);
    if (info !== null) return [];
    const advice = "Copy the capture again.";
    return new InputError("unreadable", file, "holds no record that podpath can read", advice);
  });
}

/** Texts that were named, not found in a folder, and are nothing that podpath knows. */
function unreadableTexts(analysis: Analysis, request: AnalyzeFilesRequest): InputError[] {
  const used = new Set(analysis.snapshot.sources.map(({ file }) => file));
  const named = new Set([...request.inputs, ...request.snapshots]);
  return analysis.diagnostics
    .filter(({ severity, code }) => severity === "error" || code === "snapshot.not-recognised")
    .filter(({ code, first }) => code.startsWith("snapshot.") && named.has(first.file))
    .filter(({ first }) => !used.has(first.file))
    .map(({ code, first, message, hint }) => textError(first.file, message, { code, hint }));
}

/** Without a capture nothing is analysed, but a text that is something else altogether explains why there is none. */
function foreignTexts(texts: readonly SnapshotText[], request: AnalyzeFilesRequest): InputError[] {
  const named = new Set([...request.inputs, ...request.snapshots]);
  return texts
    .filter(({ file }) => named.has(file))
    .flatMap(({ file, text }) => recognise(file, text).problems.map((one) => ({ file, ...one })))
    .filter(({ kind }) => kind.severity === "error")
    .map(({ file, kind, message }) => textError(file, message, kind));
}

/** A message that begins with the file's name does not need it twice; what to do may stand behind a colon already. */
function textError(
  file: string,
  message: string,
  kind: { code: string; hint: string },
): InputError {
  const rest = message.startsWith(file) ? message.slice(file.length).replace(/^,? /, "") : message;
  const colon = rest.indexOf(": ");
  if (kind.code !== FOREIGN_TEXT.code || colon < 0)
    return new InputError("not-recognised", file, rest, kind.hint);
  const advice = rest.slice(colon + 2);
  return new InputError("not-recognised", file, rest.slice(0, colon), advice);
}
