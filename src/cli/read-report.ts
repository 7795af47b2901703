/** What every command that reads captures does first: check the inputs, analyse them, tell what could not be read. */
import type { Report } from "../core/report/report.ts";
import type { Following } from "../node/follow-source.ts";
import type { CliIo } from "./cli-io.ts";
import type { Outcome } from "./exit-code.ts";
import { type InputOptions, inputRequest } from "./input-options.ts";
import { complain } from "./messages.ts";

/** The report, or how the command ends without one. */
export type ReadReport =
  | { readonly report: Report; readonly unreadableInputs: number }
  | { readonly report: null; readonly ends: Outcome };

/** `command` begins the messages; `askedPods` are the pods that somebody wants to see ("[namespace/]name"). */
export async function readReport(
  command: string,
  inputs: readonly string[],
  options: InputOptions,
  askedPods: readonly string[],
  io: CliIo,
  following: Following | null = null,
): Promise<ReadReport> {
  const { request, done } = inputRequest(inputs, options, io, askedPods, following);
  if (request.inputs.length === 0) {
    complain(io, {
      message: `${command}: no input`,
      advice: "Name a capture, a folder of captures, or - for stdin.",
    });
    return { report: null, ends: { usageError: true } };
  }
  // Loaded here, so that help and a mistyped option cost nothing.
  const { analyzeFiles } = await import("../node/analyze-files.ts");
  const { report, errors, crossChecks } = await analyzeFiles(request).finally(() => {
    done();
    io.answerSignals?.(true);
  });
  for (const error of errors) complain(io, error);
  for (const { file, verdict, reason } of crossChecks) {
    const message = `${file}: cross-check: ${verdict}${reason === null ? "" : `: ${reason}`}`;
    complain(io, { message, advice: "" });
  }
  if (report === null) return { report, ends: { unreadableInputs: errors.length } };
  return { report, unreadableInputs: errors.length };
}
