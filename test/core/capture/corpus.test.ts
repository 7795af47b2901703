import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fill, openCapture } from "../../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";
import { memorySource } from "../../support/read-capture.ts";
import { ROOT } from "../../support/repository.ts";

const CORPUS = `${ROOT}../shared/corpus/`;

interface Row {
  readonly path: string;
  readonly format: string;
  readonly records: string;
  readonly oracles_agree: string;
  readonly oracle: Oracle;
}
interface Oracle {
  readonly tshark: Partial<Record<"wire_bytes" | "captured_bytes", number>> &
    Partial<Record<"min_ts" | "max_ts", string | null>>;
}

/** Comma-separated with double quotes around fields that hold commas. */
function fields(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) =>
    (field ?? "").replace(/^"|"$/g, "").replaceAll('""', '"'),
  );
}

function rows(): Row[] {
  const [head = "", ...lines] = readFileSync(`${CORPUS}index.csv`, "utf8").trim().split(/\r?\n/);
  const names = fields(head);
  return lines.map((line) => {
    const cells = fields(line);
    const row = Object.fromEntries(names.map((name, column) => [name, cells[column] ?? ""]));
    const oracle = JSON.parse(readFileSync(`${CORPUS}oracle/${row["path"]}.json`, "utf8"));
    return { ...row, oracle } as unknown as Row;
  });
}

interface Totals {
  records: number;
  wireBytes: number;
  capturedBytes: number;
  /** Seconds and nanoseconds as tshark prints them. */
  min: string;
  max: string;
}

async function totals(path: string): Promise<Totals | null> {
  const raw = readFileSync(`${CORPUS}captures/${path}`);
  const bytes = raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
  const source = memorySource(bytes, 65_536);
  const cursor = await openCapture(source, path, new DiagnosticLog());
  if (cursor === null) return null;
  let min = "";
  let max = "";
  while (!cursor.ended) {
    while (cursor.next() === RecordStatus.Record) {
      const time = `${`${cursor.seconds}`.padStart(10, "0")}.${`${cursor.nanos}`.padStart(9, "0")}`;
      if (min === "" || time < min) min = time;
      if (time > max) max = time;
    }
    if (!cursor.ended) await fill(cursor, source);
  }
  const { records, wireBytes, capturedBytes } = cursor.info();
  return { records, wireBytes, capturedBytes, min, max };
}

/** tshark takes a fraction of a second or more, or a negative second, as it is; we carry and clamp (with a diagnostic). */
const TIMES_WITHOUT_MEANING = [
  "clusterfuzz-testcase-minimized-FuzzTarget-5114733584449536",
  "clusterfuzz-testcase-minimized-FuzzTarget-5421416466481152",
  "clusterfuzz-testcase-minimized-FuzzTarget-5696447256461312",
  "clusterfuzz-testcase-minimized-FuzzTarget-5766939894087680",
  "clusterfuzz-testcase-minimized-FuzzTarget-5814090897948672",
  "clusterfuzz-testcase-minimized-FuzzTarget-6223613626941440",
  "rx_serviceid_oobr.pcap",
  // tshark goes back to guessing at another variant of the format behind the damage.
  "igmplayer",
];
/** Records of Simple Packet Blocks have no time in tshark's output; we give them the one before. */
const WITHOUT_TIMES = /pcapgo\/tests\/..\/test01[128]\.pcapng$|test01[06]-le\.pcapng$/;

/** Where the oracles do not agree with one another: their container reader's count, or ours with the reason. */
const OUR_COUNTS: Readonly<Record<string, readonly [records: number | null, reason: string]>> = {
  "google+gopacket/pcapgo/tests/be/test901.pcapng": [
    2,
    "a section of an unknown version is stepped over",
  ],
  "the-tcpdump-group+libpcap/tests/pcapng-invalid-vers-1.pcapng": [
    0,
    "the only section has version 0.1",
  ],
  "clusterfuzz-testcase-minimized-FuzzTarget-5766899836387328": [
    1,
    "version 2.3 may have its lengths swapped",
  ],
  "clusterfuzz-testcase-minimized-FuzzTarget-6604968558198784": [
    1,
    "version 2.3 may have its lengths swapped",
  ],
  "pcapng-example.pcapng.zst": [null, "zstd is undone by the rim"],
  "solaris.snoop": [null, "not a pcap"],
};

function endsWithOneOf(path: string, names: readonly string[]): string | undefined {
  return names.find((name) => path.endsWith(name));
}

function paddedTime(time: string | null | undefined): string {
  return time === null || time === undefined ? "" : time.padStart(20, "0");
}

const isPresent = existsSync(CORPUS);
if (!isPresent) console.warn(`skipped: no corpus at ${CORPUS}`);

describe.skipIf(!isPresent)("the public corpus (../shared/corpus)", () => {
  const all = isPresent ? rows() : [];
  const agreed = all.filter((row) => row.oracles_agree === "yes");

  it("has the records and bytes that all oracles agree on", async () => {
    expect(agreed.length).toBeGreaterThan(900);
    for (const { path, records, oracle } of agreed) {
      const read = await totals(path);
      const { wire_bytes: wireBytes, captured_bytes: capturedBytes } = oracle.tshark;
      const bytes = path.endsWith("igmplayer") ? {} : { wireBytes, capturedBytes };
      expect({ path, ...read }).toMatchObject({ path, records: Number(records), ...bytes });
    }
  });

  it("has the first and last times that tshark shows", async () => {
    for (const { path, records, oracle } of agreed) {
      if (records === "0" || WITHOUT_TIMES.test(path)) continue;
      if (endsWithOneOf(path, TIMES_WITHOUT_MEANING) !== undefined) continue;
      const { min_ts, max_ts } = oracle.tshark;
      const expected = { path, min: paddedTime(min_ts), max: paddedTime(max_ts) };
      expect({ path, ...(await totals(path)) }).toMatchObject(expected);
    }
  });

  it("has a known count where the oracles differ", async () => {
    const others = all.filter((row) => row.oracles_agree !== "yes");
    for (const { path, records } of others) {
      const ours = OUR_COUNTS[endsWithOneOf(path, Object.keys(OUR_COUNTS)) ?? ""];
      const expected = ours === undefined ? Number(records) : ours[0];
      const read = await totals(path);
      expect({ path, records: read?.records ?? null }).toEqual({ path, records: expected });
    }
  });
});
