/** Which TCP connections never came to be. */

const FAILED: ReadonlySet<string> = new Set(["syn-sent", "refused", "half-open"]);

/** @param state TcpSummary.state */
export function failedToOpen(state: string): boolean {
  return FAILED.has(state);
}
