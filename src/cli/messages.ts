/** Messages on stderr, all of one form: `podpath: <file>: <what>; <what to do>`. */
import { safeText } from "../core/render/safe-text.ts";
import type { CliIo } from "./cli-io.ts";

/** Anything that can be told: InputError and OutputError of the rim fit. */
export interface Complaint {
  /** Starts with the file or the command it is about. */
  readonly message: string;
  /** One sentence, or empty when nothing can be done about it. */
  readonly advice: string;
}

export function complain(io: CliIo, { message, advice }: Complaint): void {
  const tail = advice === "" ? "" : `; ${asClause(advice)}`;
  io.stderr.write(`podpath: ${safeText(message + tail)}\n`);
}

/** "Check the path." as it stands after a semicolon; acronyms keep their capitals. */
function asClause(sentence: string): string {
  const [first = "", second = ""] = sentence;
  const start = second === second.toLowerCase() ? first.toLowerCase() : first;
  return start + sentence.slice(1).replace(/\.$/, "");
}
