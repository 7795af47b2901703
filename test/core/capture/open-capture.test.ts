import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../../src/core/capture/byte-source.ts";
import { fill, openCapture } from "../../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";
import { pcapFile } from "../../support/capture.ts";
import { memorySource, readCapture } from "../../support/read-capture.ts";

const FILE = pcapFile([Uint8Array.of(1, 2), Uint8Array.of(3)]);

describe("openCapture", () => {
  it("gives null for what is no capture, without a diagnostic", async () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1), new TextEncoder().encode("{}")]) {
      expect(await readCapture(bytes)).toEqual({ records: [], info: null, diagnostics: [] });
    }
  });

  it("waits for a source that answers with promises", async () => {
    const memory = memorySource(FILE, 5);
    const slow: ByteSource = { readInto: async (target) => memory.readInto(target) };
    const cursor = await openCapture(slow, "slow", new DiagnosticLog());
    let records = 0;
    while (cursor !== null && !cursor.ended) {
      while (cursor.next() === RecordStatus.Record) records += 1;
      if (!cursor.ended) await fill(cursor, slow);
    }
    expect(records).toBe(2);
  });

  it("needs no promise for a source that answers with numbers", async () => {
    const source = memorySource(FILE, 12);
    const cursor = await openCapture(source, "quick", new DiagnosticLog());
    expect(cursor?.next()).toBe(RecordStatus.NeedMore);
    expect(cursor === null || fill(cursor, source)).toBeUndefined();
  });

  it("stays at its end", async () => {
    const source = memorySource(FILE);
    const cursor = await openCapture(source, "ended", new DiagnosticLog());
    cursor?.finish();
    const states = [1, 2, 3, 4].map(() => cursor?.next());
    expect(states).toEqual([
      RecordStatus.Record,
      RecordStatus.Record,
      RecordStatus.End,
      RecordStatus.End,
    ]);
    expect(cursor?.ended).toBe(true);
  });
});
