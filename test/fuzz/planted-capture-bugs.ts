/** Planted bugs of the capture readers, the flow table and what is made of it. */
import type { PlantedBug } from "./planted-bug.ts";

const CAPTURE = "src/core/capture";
const FLOW = "src/core/flow";

export const BUGS_IN_CAPTURES: readonly Omit<PlantedBug, "campaign">[] = [
  {
    name: "a record that is not all there",
    kind: "over-read",
    file: `${CAPTURE}/pcap.ts`,
    find: "if (available < length) return this.#starve(length);",
    replace: "if (available < length - 4) return this.#starve(length);",
  },
  {
    name: "nanoseconds taken for microseconds",
    kind: "wrong value",
    file: `${CAPTURE}/pcap.ts`,
    find: "this.#nanosPerUnit = isNano ? 1 : 1000;",
    replace: "this.#nanosPerUnit = 1000;",
  },
  {
    name: "old files' lengths not exchanged",
    kind: "wrong length",
    file: `${CAPTURE}/pcap.ts`,
    find: "if (major === 2 && minor < 3) this.#lengthOrder = WIRE_FIRST;",
    replace: "if (major === 2 && minor < 2) this.#lengthOrder = WIRE_FIRST;",
  },
  {
    name: "captured bytes summed as wire bytes",
    kind: "lost count",
    file: `${CAPTURE}/pcap.ts`,
    find: "totals[0] = (totals[0] as number) + this.wireLength;",
    replace: "totals[0] = (totals[0] as number) + this.capturedLength;",
  },
  {
    name: "room for what a length field claims",
    kind: "huge allocation",
    file: `${CAPTURE}/pcap.ts`,
    find: "if (this.capturedLength > MAX_CAPTURED_LENGTH) return this.#damaged(start);",
    replace:
      "new Uint8Array(this.capturedLength);\n      if (this.capturedLength > MAX_CAPTURED_LENGTH) return this.#damaged(start);",
  },
  {
    name: "header of modified pcap as long as any",
    kind: "wrong length",
    file: `${CAPTURE}/pcap.ts`,
    find: "const MODIFIED_RECORD_HEADER_LENGTH = 24;",
    replace: "const MODIFIED_RECORD_HEADER_LENGTH = 16;",
  },
  {
    name: "a packet block may claim more than it holds",
    kind: "over-read",
    file: `${CAPTURE}/pcapng.ts`,
    find: "this.capturedLength = Math.min(room, MAX_CAPTURED_LENGTH);",
    replace: "this.capturedLength = Math.min(claimed, MAX_CAPTURED_LENGTH);",
  },
  {
    name: "simple packets are not cut to the snaplen",
    kind: "wrong length",
    file: `${CAPTURE}/pcapng.ts`,
    find: "const claimed = state.snaplen === 0 ? wireLength : Math.min(wireLength, state.snaplen);",
    replace: "const claimed = wireLength;",
  },
  {
    name: "pcapng option of length 0 is not stepped over",
    kind: "unbounded loop",
    file: `${CAPTURE}/pcapng-options.ts`,
    find: "this.#next = offset + 4 + ((length + 3) & ~3);",
    replace: "this.#next = offset + ((length + 3) & ~3);",
  },
  {
    name: "name record longer than its block",
    kind: "over-read",
    file: `${CAPTURE}/pcapng-names.ts`,
    find: "if (length > limit - value) return false;",
    replace: "",
  },
  {
    name: "binary time resolution off by a hair",
    kind: "wrong value",
    file: `${CAPTURE}/timestamp.ts`,
    find: "const FIVE_TO_NINE = 1_953_125;",
    replace: "const FIVE_TO_NINE = 1_953_120;",
  },
  {
    name: "low half of a time is signed",
    kind: "sign",
    file: `${CAPTURE}/timestamp.ts`,
    find: "65_536 + (low >>> 16);",
    replace: "65_536 + (low >> 16);",
  },
  {
    name: "time offset in one byte order only",
    kind: "byte order",
    file: `${CAPTURE}/pcapng-metadata.ts`,
    find: "Number(block.view.getBigInt64(options.start, block.little))",
    replace: "Number(block.view.getBigInt64(options.start, true))",
  },
  {
    name: "place in the file is that in the window",
    kind: "wrong value",
    file: `${CAPTURE}/byte-window.ts`,
    find: "this.base += this.start;",
    replace: "this.base = this.start;",
  },
  {
    name: "ARP is not counted",
    kind: "lost count",
    file: `${FLOW}/accounting.ts`,
    find: "this.#outcomes[outcome]! += 1;",
    replace: "this.#outcomes[outcome]! += outcome === Outcome.Arp ? 0 : 1;",
  },
  {
    name: "the seventh record is not counted",
    kind: "lost count",
    file: `${FLOW}/accounting.ts`,
    find: "this.#records += 1;",
    replace: "this.#records += this.#records === 6 ? 0 : 1;",
  },
  {
    name: "only the first record of a direction is counted",
    kind: "lost count",
    file: `${FLOW}/direction-counter.ts`,
    find: "words[at + RECORDS]! += 1;",
    replace: "words[at + RECORDS] = 1;",
  },
  {
    name: "bytes of a direction are those of its last packet",
    kind: "lost count",
    file: `${FLOW}/direction-counter.ts`,
    find: "const sum = bytesBefore + bytes;",
    replace: "const sum = bytes;",
  },
  {
    name: "a name may steer the terminal",
    kind: "wrong value",
    file: "src/core/render/safe-text.ts",
    find: "return text.replace(UNSAFE, escapeCharacter);",
    replace: "return text;",
  },
];

export const BUGS_IN_FIELDS: readonly Omit<PlantedBug, "campaign">[] = [
  {
    name: "pcapng option longer than its block",
    kind: "over-read",
    file: `${CAPTURE}/pcapng-options.ts`,
    find: "if (length > left - 4) {",
    replace: "if (length > left + 4) {",
  },
];
