/**
 * `npm run bench:plane -- CAPTURE [PASSES]`: the data plane alone, in nanoseconds per packet: a first pass, which pays for
 * compiling, and further passes of the same process. Two states of the source are compared by running both in turn.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { FlowTable } from "../../src/core/flow/flow-table.ts";
import { readCaptures } from "../../src/core/read-captures.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";

const [file = "", passes = "3"] = process.argv.slice(2);

for (let pass = 1; pass <= Number(passes); pass++) {
  const descriptor = openSync(file, "r");
  const source = { readInto: (target: Uint8Array) => readSync(descriptor, target) };
  const flows = new FlowTable();
  const before = process.cpuUsage();
  const start = performance.now();
  const jobs = [{ file, label: null, source }];
  await readCaptures(jobs, flows, defaultWireSettings(), new DiagnosticLog(), {});
  const wall = (performance.now() - start) * 1e6;
  const { user, system } = process.cpuUsage(before);
  closeSync(descriptor);
  const { records } = flows.accounting();
  const each = (nanoseconds: number): string => (nanoseconds / records).toFixed(0);
  const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  process.stdout.write(
    `pass ${pass}: ${records} packets, ${flows.rows} flows, wall ${each(wall)} ns, user ${each(user * 1000)} ns, system ${each(system * 1000)} ns a packet, peak ${peak} MB\n`,
  );
}
