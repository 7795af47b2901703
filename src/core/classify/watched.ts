/** Whether a missing packet means something: the capture went on long enough and lost nothing. */
import type { Connection } from "../correlate/connection.ts";
import type { CaptureFacts, RuleContext } from "./rule.ts";

/**
 * libpcap hands packets over in batches, and a capture that is stopped loses the last one: what is missing in the last second
 * of a file proves nothing.
 */
const CAPTURE_TAIL_NS = 1_000_000_000n;

/** Whether some capture that saw the connection has packets `forNs` after `sinceNs`. */
export function wasWatched(
  connection: Connection,
  context: RuleContext,
  sinceNs: bigint,
  forNs: bigint = CAPTURE_TAIL_NS,
): boolean {
  return connection.observations.some(
    // A mirror session leaves out what its filter says, and what the network has no room for.
    (one) =>
      one.awsTunnel === undefined &&
      wasWatchedAt(one.vantagePoint.capture, context, sinceNs, forNs),
  );
}

/** Whether the capture has packets `forNs` after `sinceNs`. */
export function wasWatchedAt(
  capture: number,
  { captures }: RuleContext,
  sinceNs: bigint,
  forNs: bigint = CAPTURE_TAIL_NS,
): boolean {
  const end = endOf(captures[capture]);
  return end !== null && end - sinceNs >= forNs;
}

function endOf(capture: CaptureFacts | undefined): bigint | null {
  return capture?.lastSeenNs ?? null;
}

/** Whether the file itself counts packets that it did not get. */
export function droppedPackets(capture: CaptureFacts | undefined): boolean {
  const drops = capture?.info?.drops ?? [];
  return drops.some((one) => isSome(one.droppedByInterface) || isSome(one.droppedByOs));
}

function isSome(counter: string | undefined): boolean {
  return counter !== undefined && counter !== "0";
}
