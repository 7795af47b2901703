/** How the commands that show one connection are told which. */
import { isProtocol, parseEndpoint } from "../core/report/endpoint-text.ts";

/** What the words of the question may be; for help texts. */
export const CONNECTION_WORDS =
  "a connection id (conn-12), two ends ('tcp 10.0.1.11:40000 203.0.113.9:443' or " +
  "'10.0.1.11:40000->203.0.113.9:443', on any leg, either direction), one end, or a pod";

interface ConnectionQuestion {
  readonly what: string;
  readonly inputs: readonly string[];
}

/** `explain tcp 10.0.1.11:40000 203.0.113.9:443 FILE` without quotes: the shell has taken the tuple apart. */
export function wholeQuestion(what: string, inputs: readonly string[]): ConnectionQuestion {
  const words = [what, ...inputs];
  let count = isProtocol(what) ? 1 : 0;
  const most = count + 2;
  while (count < most && parseEndpoint(words[count] ?? "") !== null) count += 1;
  count = Math.max(count, 1);
  return { what: words.slice(0, count).join(" "), inputs: words.slice(count) };
}
