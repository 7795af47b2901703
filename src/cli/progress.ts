/** One line on stderr that says how far reading has come. Never mixed with the data on stdout. */
import type { Progress } from "../core/analysis.ts";
import { safeText } from "../core/render/safe-text.ts";
import { formatBytes, formatCount } from "../core/render/text-layout.ts";
import type { CliIo } from "./cli-io.ts";

/** Often enough to look alive, seldom enough to cost nothing. */
const INTERVAL_MS = 100;
const ERASE_LINE = "\r\x1b[K";

export interface ProgressLine {
  /** null: no progress is shown. */
  readonly update: ((progress: Progress) => void) | null;
  end(): void;
}

export function startProgress(io: CliIo, when: "auto" | "always" | "never"): ProgressLine {
  const terminal = io.stderr.isTTY === true && io.env["TERM"] !== "dumb";
  if (when === "never" || (when === "auto" && !terminal)) return { update: null, end: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    update: (progress) => {
      const now = performance.now();
      if (now - shownAt < INTERVAL_MS) return;
      shownAt = now;
      shown = true;
      const text = progressText(progress);
      io.stderr.write(terminal ? ERASE_LINE + text : `${text}\n`);
    },
    end: () => {
      if (shown && terminal) io.stderr.write(ERASE_LINE);
    },
  };
}

const STAGES = { read: "reading", correlate: "joining", classify: "classifying" } as const;

function progressText({ stage, file, records, bytes }: Progress): string {
  const where = file === undefined ? "" : ` ${safeText(file).slice(-40)}`;
  return `podpath: ${STAGES[stage]}${where}: ${formatCount(records)} records, ${formatBytes(bytes)}`;
}
