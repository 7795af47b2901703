/** Streams a generated capture into a file: deterministic, so that figures of two days are of the same bytes. */
import { closeSync, openSync, writeSync } from "node:fs";
import { FlowSet } from "./flow-set.ts";
import { Random } from "./random.ts";
import type { Traffic } from "./traffic.ts";

const BLOCK_BYTES = 4 * 1024 * 1024;
const LARGEST_RECORD = 32 * 1024;
const LINK_TYPES = { ethernet: 1, sll2: 276, vxlan: 1 } as const;
const FIRST_SECOND = 1_700_000_000;
/** An ARP request, which is no flow: one packet in a thousand. */
const ARP_LENGTH = 42;

/** Writes what belongs together in one piece, many pieces in one system call. */
class BlockWriter {
  readonly bytes = new Uint8Array(BLOCK_BYTES + LARGEST_RECORD);
  readonly view = new DataView(this.bytes.buffer);
  length = 0;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, "w");
  }

  words(...words: readonly number[]): void {
    for (const word of words) {
      this.view.setUint32(this.length, word, true);
      this.length += 4;
    }
  }

  flush(isLast: boolean): void {
    if (this.length < BLOCK_BYTES && !isLast) return;
    writeSync(this.#descriptor, this.bytes, 0, this.length);
    this.length = 0;
    if (isLast) closeSync(this.#descriptor);
  }
}

/** @param share of the full size, 0 .. 1 */
export function generateCapture(traffic: Traffic, share: number, path: string): void {
  const random = new Random();
  const packets = Math.max(1, Math.round(traffic.packets * share));
  const flows = Math.max(1, Math.round(traffic.flows * share));
  const set = new FlowSet(traffic, flows, random);
  const out = new BlockWriter(path);
  writeHeader(traffic, out);
  let micros = 0;
  let flow = 0;
  for (let number = 0; number < packets; number++) {
    micros += random.below(20);
    flow = traffic.nextFlow(random, number, flow, flows);
    const wantsAnswer = random.percent(traffic.answers);
    const isArp =
      traffic.link === "ethernet" && traffic.kind === "cluster" && random.below(1000) === 0;
    const length = isArp
      ? writeArp(set.bytes)
      : set.write(flow, wantsAnswer, (isBack) => traffic.ipLength(random, isBack));
    writeRecord(traffic, out, set.bytes, length, micros, flow & 1);
    out.flush(false);
  }
  out.flush(true);
}

function writeHeader(traffic: Traffic, out: BlockWriter): void {
  const linkType = LINK_TYPES[traffic.link];
  if (traffic.format === "pcap") {
    out.words(0xa1b2c3d4, 0x0004_0002, 0, 0, traffic.snaplen, linkType);
    return;
  }
  out.words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffff_ffff, 0xffff_ffff, 28);
  out.words(1, 20, linkType, traffic.snaplen, 20);
  // The second interface counts nanoseconds (if_tsresol).
  out.words(1, 32, linkType, traffic.snaplen, 0x0001_0009, 9, 0, 32);
}

function writeRecord(
  traffic: Traffic,
  out: BlockWriter,
  frame: Uint8Array,
  length: number,
  micros: number,
  interfaceIndex: number,
): void {
  const captured = Math.min(length, traffic.snaplen);
  const seconds = FIRST_SECOND + Math.floor(micros / 1_000_000);
  if (traffic.format === "pcap") {
    out.words(seconds, micros % 1_000_000, captured, length);
    out.bytes.set(frame.subarray(0, captured), out.length);
    out.length += captured;
    return;
  }
  const padded = (captured + 3) & ~3;
  const unit = interfaceIndex === 1 ? 1_000_000_000n : 1_000_000n;
  const time = (BigInt(FIRST_SECOND) * 1_000_000n + BigInt(micros)) * (unit / 1_000_000n);
  out.words(6, 32 + padded, interfaceIndex, Number(time >> 32n), Number(time & 0xffff_ffffn));
  out.words(captured, length);
  out.bytes.set(frame.subarray(0, captured), out.length);
  out.bytes.fill(0, out.length + captured, out.length + padded);
  out.length += padded;
  out.words(32 + padded);
}

function writeArp(bytes: Uint8Array): number {
  bytes.fill(0, 0, ARP_LENGTH);
  bytes.fill(0xff, 0, 6);
  bytes.set([2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1], 6);
  return ARP_LENGTH;
}
