// What the second reader says of a run's captures, and that a disagreement is in the report.
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { MemoryOrigin } from "../../src/node/byte-origin.ts";
import { crossCheckCaptures } from "../../src/node/cross-check-captures.ts";
import { pcapFile } from "../support/capture.ts";
import { ethernet } from "../support/packet.ts";

const packet = ethernet().ipv4().udp();
const job = { file: "n1.pcap", label: null, source: { readInto: () => 0 } };

/** Gives the first file to the first opens and the second one to the last, which is the second reader's. */
function opensOf(...files: readonly Uint8Array[]) {
  let opened = 0;
  return () => {
    const bytes = files[Math.min(opened, files.length - 1)] ?? new Uint8Array();
    opened += 1;
    return new MemoryOrigin(bytes).open();
  };
}

describe("crossCheckCaptures", () => {
  it("finds nothing to say when both readers find the same", async () => {
    const log = new DiagnosticLog();
    const [result] = await crossCheckCaptures([job], opensOf(pcapFile([packet])), log);
    expect(result?.verdict).toBe("agrees");
    expect(log.list()).toEqual([]);
  });

  it("puts a disagreement into the diagnostics", async () => {
    const log = new DiagnosticLog();
    const one = pcapFile([packet]);
    const two = pcapFile([packet, packet]);
    const [result] = await crossCheckCaptures([job], opensOf(one, one, two), log);
    expect(result?.verdict).toBe("differs");
    expect(log.list()).toMatchObject([
      { code: "input.cross-check-differs", severity: "error", first: { file: "n1.pcap" } },
    ]);
  });

  it.each([
    ["came through a stream", () => null],
    [
      "EIO",
      () => {
        throw new Error("EIO");
      },
    ],
  ])("says what it could not check: %s", async (reason, reopen) => {
    const log = new DiagnosticLog();
    const results = await crossCheckCaptures([job], reopen, log);
    expect(results).toMatchObject([{ file: "n1.pcap", verdict: "not-checked" }]);
    expect(results[0]?.reason).toContain(reason);
    expect(log.list()).toEqual([]);
  });
});
