/** From what the user named to the report: open, analyse, build. The one path of every command that reads captures. */
import type { Readable } from "node:stream";
import type { Analysis, CaptureJob, Progress } from "../core/analysis.ts";
import { analyze } from "../core/analyze.ts";
import { buildReport } from "../core/report/build-report.ts";
import type { Report } from "../core/report/report.ts";
import { attendedSource } from "./attended-source.ts";
import { InputError } from "./input-error.ts";
import { openInputs } from "./open-inputs.ts";

export interface AnalyzeFilesRequest {
  /** Captures, snapshot files, folders, bundles, "-", LABEL=PATH. */
  readonly inputs: readonly string[];
  readonly snapshots: readonly string[];
  readonly sha256: boolean;
  readonly tool: { readonly name: string; readonly version: string };
  readonly stdin: Readable;
  readonly maxFlows?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface AnalyzeFilesResult {
  /** null when no input was a capture that could be read. */
  readonly report: Report | null;
  /** Inputs that could not be read at all; the others were analysed all the same. */
  readonly errors: readonly InputError[];
}

export async function analyzeFiles(request: AnalyzeFilesRequest): Promise<AnalyzeFilesResult> {
  const opened = await openInputs(request.inputs, {
    snapshots: request.snapshots,
    hash: request.sha256,
    stdin: request.stdin,
  });
  const errors: InputError[] = [...opened.errors];
  try {
    if (opened.captures.length === 0) {
      return { report: null, errors: errors.length > 0 ? errors : [noCapture(request)] };
    }
    const turns = { lastMs: performance.now() };
    const tell = (error: InputError): void => {
      errors.push(error);
    };
    const jobs = opened.captures.map(
      (job): CaptureJob => ({ ...job, source: attendedSource(job.source, job.file, turns, tell) }),
    );
    const analysis = await analyze(jobs, opened.snapshots, {
      ...(request.maxFlows === undefined ? {} : { maxFlows: request.maxFlows }),
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
    });
    errors.push(...unreadableCaptures(analysis, errors), ...unreadableTexts(analysis, request));
    if (analysis.captures.every(({ info }) => info === null)) return { report: null, errors };
    const diagnostics = [...opened.diagnostics, ...analysis.diagnostics];
    const inputs = await opened.describe();
    const report = buildReport({ ...analysis, diagnostics }, { tool: request.tool, inputs });
    return { report, errors };
  } finally {
    opened.close();
  }
}

function noCapture({ inputs }: AnalyzeFilesRequest): InputError {
  return new InputError(
    "not-recognised",
    inputs.join(" "),
    "holds no capture",
    "Name a pcap or pcapng file as well.",
  );
}

/** Captures that began like one and then held nothing that could be read. */
function unreadableCaptures({ captures }: Analysis, known: readonly InputError[]): InputError[] {
  return captures
    .filter(({ file, info }) => info === null && !known.some((error) => error.file === file))
    .map(
      ({ file }) =>
        new InputError(
          "unreadable",
          file,
          "holds no record that podpath can read",
          "Copy the capture again; `capinfos FILE` says what is wrong with it.",
        ),
    );
}

/** Texts that were named, not found in a folder, and are nothing that podpath knows. */
function unreadableTexts(analysis: Analysis, request: AnalyzeFilesRequest): InputError[] {
  const used = new Set(analysis.snapshot.sources.map(({ file }) => file));
  const named = new Set([...request.inputs, ...request.snapshots]);
  return analysis.diagnostics
    .filter(({ severity, code }) => severity === "error" || code === "snapshot.not-recognised")
    .filter(({ code, first }) => code.startsWith("snapshot.") && named.has(first.file))
    .filter(({ first }) => !used.has(first.file))
    .map(({ first, message, hint }) => new InputError("not-recognised", first.file, message, hint));
}
