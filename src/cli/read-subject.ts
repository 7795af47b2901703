/** What the gate and the comparison judge: captures, or a report that an earlier run wrote. */
import { InputError } from "../node/input-error.ts";
import { isReportFile, readReportFile } from "../node/report-file.ts";
import type { CliIo } from "./cli-io.ts";
import type { InputOptions } from "./input-options.ts";
import { complain } from "./messages.ts";
import { type ReadReport, readReport } from "./read-report.ts";

/** A report alone is taken as it is; beside other inputs it is none of ours to join. */
export async function readSubject(
  command: string,
  inputs: readonly string[],
  options: InputOptions,
  askedPods: readonly string[],
  io: CliIo,
): Promise<ReadReport> {
  const [first = "", second] = [...options.read, ...inputs];
  if (second !== undefined || !isReportFile(first))
    return readReport(command, inputs, options, askedPods, io);
  try {
    return { report: await readReportFile(first), unreadableInputs: 0 };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    complain(io, error);
    return { report: null, ends: { unreadableInputs: 1 } };
  }
}
