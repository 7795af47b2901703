import { statement } from "../evidence.ts";
import type { CaptureFacts, FindingRule } from "../rule.ts";
import { NO_CONNECTION } from "../traits.ts";

/** What LINUX_SLL2, IPv4 and TCP with timestamps take, and the payload that joins legs across NAT (FINGERPRINT_BYTES). */
const ENOUGH_BYTES = 96;

export const captureTruncated: FindingRule = {
  level: "note",
  concerns: NO_CONNECTION,
  meta: {
    id: "capture-truncated",
    title: "The capture left out packets or parts of them",
    why: "What is missing from the file looks like what was missing from the wire.",
    proves:
      "The file itself says so: a snaplen below 96 bytes that cut packets, or packets counted as dropped.",
    doesNotProve: "Which packets are missing.",
    confirm: "capinfos FILE",
    sources: [
      "pcap(3PCAP) snapshot length",
      "draft-ietf-opsawg-pcapng: isb_ifdrop, isb_osdrop, epb_dropcount",
    ],
  },
  find(_classified, { captures }) {
    const cut = captures.flatMap((capture) => {
      const reasons = reasonsOf(capture);
      return reasons.length === 0 ? [] : [`${capture.file}: ${reasons.join("; ")}`];
    });
    if (cut.length === 0) return [];
    const isOne = cut.length === 1;
    return [
      {
        level: "note",
        connections: [],
        message: `${cut.length} of ${captures.length} captures ${isOne ? "is" : "are"} not whole.`,
        advice: "Capture with -s 256 or more, a larger buffer (-B 8192) and a filter.",
        evidence: cut.map((text) => statement(text)),
        identity: "captures",
      },
    ];
  },
};

function reasonsOf({ info }: CaptureFacts): string[] {
  if (info === null) return [];
  const reasons: string[] = [];
  const snaplens = info.interfaces.map(({ snaplen }) => snaplen).filter((one) => one > 0);
  const smallest = Math.min(...snaplens);
  if (info.capturedBytes < info.wireBytes && snaplens.length > 0 && smallest < ENOUGH_BYTES)
    reasons.push(`packets were cut to ${smallest} bytes`);
  const dropped = info.drops.reduce((sum, one) => {
    const counted = BigInt(one.droppedByInterface ?? 0) + BigInt(one.droppedByOs ?? 0);
    const ofRecords = BigInt(one.droppedBetweenRecords ?? 0);
    return sum + (counted > ofRecords ? counted : ofRecords);
  }, 0n);
  if (dropped > 0n) reasons.push(`${dropped} packets dropped before they were written`);
  return reasons;
}
