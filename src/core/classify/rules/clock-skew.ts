import type { ClockOffset } from "../../correlate/clock-offset.ts";
import { statement } from "../evidence.ts";
import type { FindingRule } from "../rule.ts";
import { NO_CONNECTION } from "../traits.ts";

/** Below this no one who reads two captures side by side is misled. */
const NOTICED_NS = 5_000_000n;

export const clockSkew: FindingRule = {
  level: "note",
  concerns: NO_CONNECTION,
  meta: {
    id: "clock-skew",
    title: "The clocks of two capturing hosts differ",
    why: "Times of one packet in two captures cannot be compared as they are: delays come out wrong, answers may seem to come before requests.",
    proves:
      "Packets and their answers, seen at both hosts, fit together only if the clocks differ by this much.",
    doesNotProve: "Which of the clocks is right, or whether they still differ now.",
    confirm: "chronyc tracking",
    sources: ["RFC 5905 section 8", "eks-traffic: cross-node times need synchronised clocks"],
  },
  find(_classified, { clockOffsets = [] }) {
    return clockOffsets.filter(isClear).map((one) => {
      const how = one.offsetNs < 0n ? "behind" : "ahead of";
      const size = milliseconds(one.offsetNs < 0n ? -one.offsetNs : one.offsetNs);
      const message = `The clock of ${one.host} is ${size} ms ${how} that of ${one.reference} (± ${milliseconds(one.uncertaintyNs)} ms, by ${one.connections} conversation${one.connections === 1 ? "" : "s"}).`;
      return {
        connections: [],
        level: "note" as const,
        message,
        advice:
          "Compare times of these captures only after correcting them; the order of hops in this report is. Let chrony or the Amazon Time Sync Service set the clocks.",
        evidence: [statement(message, one.packets)],
        identity: `${one.host} against ${one.reference}`,
      };
    });
  },
};

function isClear({ offsetNs, uncertaintyNs }: ClockOffset): boolean {
  const size = offsetNs < 0n ? -offsetNs : offsetNs;
  return size > (uncertaintyNs > NOTICED_NS ? uncertaintyNs : NOTICED_NS);
}

/** "250.013": three digits behind the point. */
function milliseconds(ns: bigint): string {
  const microseconds = (ns + 500n) / 1_000n;
  return `${microseconds / 1_000n}.${String(microseconds % 1_000n).padStart(3, "0")}`;
}
