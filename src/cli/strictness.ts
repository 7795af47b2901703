/** What `--strict` says on stderr before it ends a run with 4. */
import type { CliIo } from "./cli-io.ts";
import { complain } from "./messages.ts";

/** The report has them all; a CI log needs to see why its step failed. */
const REASONS_TOLD = 5;

export function tellWhyInconclusive(io: CliIo, reasons: readonly string[]): void {
  for (const reason of reasons.slice(0, REASONS_TOLD))
    complain(io, { message: `inconclusive: ${reason}`, advice: "" });
  if (reasons.length > REASONS_TOLD) {
    const more = reasons.length - REASONS_TOLD;
    complain(io, { message: `inconclusive: ${more} more reasons`, advice: "See the report." });
  }
}
