import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { FlowTable } from "../../src/core/flow/flow-table.ts";
import { readCaptures } from "../../src/core/read-captures.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { generateCapture } from "./generate-capture.ts";
import { TRAFFIC, type Traffic } from "./traffic.ts";

const SHARE = 0.001;

async function read(file: string, blockBytes: number): Promise<FlowTable> {
  const bytes = readFileSync(file);
  let at = 0;
  const source = {
    readInto(target: Uint8Array): number {
      const count = Math.min(target.length, bytes.length - at, blockBytes);
      target.set(bytes.subarray(at, at + count));
      at += count;
      return count;
    },
  };
  const flows = new FlowTable();
  const log = new DiagnosticLog();
  await readCaptures([{ file, label: null, source }], flows, defaultWireSettings(), log, {});
  expect(log.list()).toEqual([]);
  return flows;
}

function generated(traffic: Traffic): string {
  const file = join(temporaryDirectory({}), "capture");
  generateCapture(traffic, SHARE, file);
  return file;
}

describe.each(TRAFFIC)("a generated capture of $name", (traffic) => {
  it("has the same bytes every time", () => {
    const hash = (): string =>
      createHash("sha256")
        .update(readFileSync(generated(traffic)))
        .digest("hex");
    expect(hash()).toBe(hash());
  });

  it("is read to its last packet, and decoded without a stop", async () => {
    const flows = await read(generated(traffic), Number.POSITIVE_INFINITY);
    const { records, inConnections } = flows.accounting();
    expect(records).toBe(Math.round(traffic.packets * SHARE));
    expect(inConnections).toBeGreaterThan(records * 0.98);
    expect(flows.decodeStops()).toEqual([]);
    expect(flows.rows).toBeGreaterThan(0);
  });

  it.each([1, 7, 65_536])(
    "gives the same table when its bytes come %i at a time",
    async (block) => {
      const file = generated({ ...traffic, packets: traffic.packets / 10 });
      const whole = await read(file, Number.POSITIVE_INFINITY);
      const pieces = await read(file, block);
      expect([...pieces.observations()]).toEqual([...whole.observations()]);
    },
  );
});
