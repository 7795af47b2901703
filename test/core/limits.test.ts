/**
 * Goal: each bound of limits.ts is held exactly: one below it and at it nothing is cut, one above it is, and is told. Method: a
 * bound is measured here, or named together with the test that measures it; one that has neither fails.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TapTable } from "../../src/core/flow/tap-table.ts";
import * as limits from "../../src/core/limits.ts";
import { PacketView } from "../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { concat, hex } from "../support/bytes.ts";
import { pcapFile, pcapngBlock, pcapngFile } from "../support/capture.ts";
import { readCapture } from "../support/read-capture.ts";
import { ROOT } from "../support/repository.ts";

type LimitName = keyof typeof limits;

/** Codes of the diagnostics of a capture. */
async function told(bytes: Uint8Array): Promise<string[]> {
  return (await readCapture(bytes)).diagnostics.map(({ code }) => code);
}

const little = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

/** Whether the bound cuts something when it is met with this many. */
interface Measure {
  /** What one more than the bound is; lengths of pcapng blocks come in fours. */
  readonly step?: number;
  isCut(count: number): boolean | Promise<boolean>;
}

const MEASURED: Partial<Record<LimitName, Measure>> = {
  MAX_CAPTURED_LENGTH: {
    async isCut(length) {
      const record = concat(little(1), little(0), little(length), little(length));
      const codes = await told(concat(pcapFile([]), record, new Uint8Array(length)));
      return codes.includes("capture.record-damaged");
    },
  },
  MAX_ZERO_RECORDS: {
    async isCut(count) {
      const packets = 3;
      const file = concat(pcapFile([]), new Uint8Array(16 * (count + packets)));
      // Three more follow, so that an end at the bound shows.
      return count === limits.MAX_ZERO_RECORDS + 1
        ? (await told(file)).includes("capture.zero-hole")
        : (await told(file.subarray(0, 24 + 16 * count))).includes("capture.zero-hole");
    },
  },
  MAX_PCAPNG_BLOCK_LENGTH: {
    step: 4,
    async isCut(length) {
      const block = pcapngBlock(0x0bad, new Uint8Array(length - 12));
      return (await told(concat(pcapngFile([]), block))).includes("capture.block-damaged");
    },
  },
  MAX_INTERFACES: {
    async isCut(count) {
      const description = pcapngBlock(1, hex("01000000 00000000"));
      const section = pcapngFile([], { interfaces: [] });
      const file = new Uint8Array(section.length + count * description.length);
      file.set(section);
      for (let i = 0; i < count; i += 1)
        file.set(description, section.length + i * description.length);
      return (await told(file)).includes("capture.interface-limit");
    },
  },
  MAX_TAPS: {
    isCut(count) {
      const taps = new TapTable(1);
      const packet = new PacketView(defaultWireSettings());
      taps.beginCapture(0);
      for (let i = 0; i < count; i += 1) taps.count(packet, i, 1, i + 1);
      return taps.folded > 0;
    },
  },
};

/** Where a bound is measured that needs more than bytes. */
const ELSEWHERE: Partial<Record<LimitName, string>> = {
  MAX_IP_LAYERS: "test/core/wire/ip-in-ip.test.ts",
  MAX_INNER_TURNS: "test/core/wire/nsh.test.ts",
  MAX_VLAN_TAGS: "test/core/wire/vlan.test.ts",
  MAX_IPV6_EXTENSIONS: "test/core/wire/ipv6-extension.test.ts",
  MAX_MPLS_LABELS: "test/core/wire/mpls.test.ts",
  MAX_FRAGMENTED_DATAGRAMS: "test/core/flow/fragment-tracker.test.ts",
  MAX_HELD_FRAGMENTS: "test/core/flow/fragment-tracker.test.ts",
  MAX_THROUGHPUT_SERIES: "test/core/flow/throughput.test.ts",
  MAX_DNS_ANSWERS_READ: "test/core/wire/dns.test.ts",
  MAX_FINDINGS_PER_RULE: "test/core/classify/finding-group.test.ts",
  MAX_SNAPSHOT_FILE_BYTES: "test/core/cluster/load-snapshot.test.ts",
  MAX_DRAWN_PODS: "test/core/diagram/topology/topology-model.test.ts",
  MAX_DRAWN_NODES: "test/core/diagram/topology/topology-model.test.ts",
  MAX_DRAWN_EDGES: "test/core/diagram/topology/topology-model.test.ts",
  MAX_DRAWN_ENDPOINTS: "test/core/diagram/topology/topology-model.test.ts",
  MAX_TOOLTIP_LENGTH: "test/core/diagram/xml-safe.test.ts",
};

/** Bounds that nothing measures yet at one below, at and one above: this list may only get shorter. */
const NOT_MEASURED: readonly LimitName[] = [
  "MAX_RESYNC_BYTES",
  "MAX_CAPTURE_TEXT_BYTES",
  "MAX_FLOWS",
  "MAX_TUNNELS",
  "FINGERPRINTS_PER_DIRECTION",
  "FINGERPRINT_BYTES",
  "THROUGHPUT_FROM_BYTES",
  "MAX_HTTP_HEADER_BYTES",
  "MAX_DNS_MESSAGE_BYTES",
  "MAX_DNS_NAMED_ADDRESSES",
  "MAX_DNS_NAMES_PER_ADDRESS",
  "MAX_ICMP_ERRORS_KEPT",
  "MAX_WALKED_RULES",
  "MAX_DRAWN_STOPS",
  "MAX_DRAWN_LANES",
  "MAX_DRAWN_FLOW_ENDS",
  "MAX_DRAWN_BARS",
  "MAX_DRAWN_FINDINGS",
  "MAX_INFLATE_RATIO",
  "INFLATE_FREE_BYTES",
  "MAX_ZSTD_WINDOW_BYTES",
  "MAX_FILES_PER_DIRECTORY",
  "MAX_DIRECTORY_DEPTH",
  "MAX_BUFFERED_BYTES",
  "MAX_PREDICTED_OUTCOMES",
  "MAX_CLOCK_BOUNDS",
  "MAX_SEQUENCE_CANDIDATES",
  "MAX_PROXY_FRONTS_EXAMINED",
  "MAX_POLICY_TEXT",
  "MAX_POLICY_RULES",
  "MAX_PATHS_PER_RULE",
  "MAX_WITNESSES",
  "MAX_COMPARED_PATHS",
  "MAX_NAME_LENGTH",
  "MAX_SARIF_RESULTS",
  "MAX_DRAWN_CHANGES",
  "MAX_PAGE_ROWS",
  "MAX_PAGE_ROW_CHARACTERS",
  "MAX_PAGE_FINDING_CHARACTERS",
  "MAX_PAGE_NAMED_FINDINGS",
  "MAX_PAGE_DETAIL_CHARACTERS",
  "MAX_PAGE_LIST",
  "MAX_PAGE_TEXT_LENGTH",
];

const BOUNDS = new Map(Object.entries(limits));

describe("bounds", () => {
  test.each(Object.entries(MEASURED))(
    "%s cuts one above it and not at it",
    async (name, measure) => {
      const bound = BOUNDS.get(name) ?? 0;
      const step = measure.step ?? 1;
      expect(await measure.isCut(bound - step)).toBe(false);
      expect(await measure.isCut(bound)).toBe(false);
      expect(await measure.isCut(bound + step)).toBe(true);
    },
  );

  test.each(Object.entries(ELSEWHERE))("%s is measured where the table says", (name, file) => {
    expect(readFileSync(`${ROOT}${file}`, "utf8")).toContain(name);
  });

  test("that are new are measured, here or where the table says", () => {
    const listed = [...Object.keys(MEASURED), ...Object.keys(ELSEWHERE), ...NOT_MEASURED];
    expect(listed.toSorted()).toEqual([...BOUNDS.keys()].toSorted());
  });
});
