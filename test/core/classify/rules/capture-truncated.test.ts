import { describe, expect, test } from "vitest";
import { membersOf } from "../../../../src/core/classify/members.ts";
import type { CaptureFacts, RuleContext } from "../../../../src/core/classify/rule.ts";
import { captureTruncated } from "../../../../src/core/classify/rules/capture-truncated.ts";
import { buildOwnerIndex } from "../../../../src/core/cluster/owner-index.ts";
import { emptySnapshot } from "../../../../src/core/cluster/snapshot.ts";

function messages(info: Partial<NonNullable<CaptureFacts["info"]>>): string[] {
  const context: RuleContext = {
    snapshot: emptySnapshot(),
    owners: buildOwnerIndex(emptySnapshot()),
    hasSnapshot: false,
    connections: [],
    having: () => membersOf([]),
    question: { pods: [], vantagePoints: [], everyCapturePlaced: true },
    captures: [
      {
        file: "n1.pcap",
        firstSeenNs: null,
        lastSeenNs: null,
        info: { wireBytes: 1000, capturedBytes: 1000, interfaces: [], drops: [], ...info },
      },
      { file: "notes.txt", firstSeenNs: null, lastSeenNs: null, info: null },
    ],
  };
  return captureTruncated
    .find(membersOf([]), context)
    .flatMap(({ evidence }) => evidence.map(({ statement }) => statement));
}

describe("capture-truncated", () => {
  test("says to how many bytes packets were cut", () => {
    expect(messages({ capturedBytes: 500, interfaces: [{ snaplen: 0 }, { snaplen: 64 }] })).toEqual(
      ["n1.pcap: packets were cut to 64 bytes"],
    );
  });
  test("adds up what interfaces and the system dropped", () => {
    const drops = [{ droppedByInterface: "1" }, { droppedByOs: "18446744073709551614" }];
    expect(messages({ drops })).toEqual([
      "n1.pcap: 18446744073709551615 packets dropped before they were written",
    ]);
  });
  test("is silent about a short snaplen that cut nothing, and about headers that are whole", () => {
    expect(messages({ interfaces: [{ snaplen: 64 }] })).toEqual([]);
    expect(messages({ capturedBytes: 500, interfaces: [{ snaplen: 96 }] })).toEqual([]);
    expect(messages({ drops: [{ droppedByOs: "0" }] })).toEqual([]);
  });
});
