/**
 * `--cross-check`: a second, independent reader (the npm package pcap-parser) goes over a classic pcap and must find the same
 * packets. It has no bounds of its own, so it only gets files whose every length our reader has found sane.
 */
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import type { ByteSource } from "../core/capture/byte-source.ts";
import {
  LENGTH_INCONSISTENT,
  LINK_TYPE_RESERVED_BITS,
  RECORD_TRUNCATED,
} from "../core/capture/capture-diagnostics.ts";
import {
  isPcapMagic,
  PCAP_MAGIC_MICROS,
  PCAP_MAGIC_MODIFIED,
  PCAP_MAGIC_NANOS,
  sniffCapture,
} from "../core/capture/capture-format.ts";
import { fill, openCapture } from "../core/capture/open-capture.ts";
import { RecordStatus } from "../core/capture/record-cursor.ts";
import { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { readFully } from "./byte-origin.ts";

/** Both readers treat these alike: a cut record is left out, lengths and link type are taken as written. */
const HARMLESS = new Set<string>([
  RECORD_TRUNCATED.code,
  LENGTH_INCONSISTENT.code,
  LINK_TYPE_RESERVED_BITS.code,
]);

/** What one reader found. Times are seconds since 1970 with nine digits, null when there is no packet. */
export interface CrossCheckSide {
  readonly packets: number;
  readonly wireBytes: number;
  readonly capturedBytes: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** SHA-256 over (seconds, nanoseconds, captured length, wire length) of every packet. */
  readonly headersSha256: string;
}

export interface CrossCheckResult {
  readonly file: string;
  readonly verdict: "agrees" | "differs" | "not-checked";
  /** Why it was not checked, or which facts differ. */
  readonly reason: string | null;
  readonly ours: CrossCheckSide | null;
  readonly theirs: CrossCheckSide | null;
}

/** `open` gives the same bytes from the start each time it is called; it is called three times. */
export async function crossCheck(file: string, open: () => ByteSource): Promise<CrossCheckResult> {
  const notChecked = (reason: string): CrossCheckResult => {
    return { file, verdict: "not-checked", reason, ours: null, theirs: null };
  };
  const variant = await pcapVariant(open());
  if (typeof variant === "string") return notChecked(variant);
  const ours = await readWithCursor(file, open());
  if (typeof ours === "string") return notChecked(ours);
  let theirs: CrossCheckSide;
  try {
    theirs = await readWithPcapParser(open(), variant.nanosPerUnit);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return notChecked(`pcap-parser cannot read it: ${reason}`);
  }
  const facts = Object.keys(theirs) as (keyof CrossCheckSide)[];
  const differing = facts.filter((fact) => ours[fact] !== theirs[fact]);
  const verdict = differing.length === 0 ? "agrees" : "differs";
  return { file, verdict, reason: differing.join(", ") || null, ours, theirs };
}

/** The unit of the times of a file that pcap-parser can read, or why it cannot. */
async function pcapVariant(source: ByteSource): Promise<{ nanosPerUnit: number } | string> {
  const head = Buffer.alloc(8);
  const count = await readFully(source, head);
  const format = sniffCapture(head.subarray(0, count));
  if (format !== "pcap" || count < head.length) return "pcap-parser reads classic pcap only";
  const isLittle = !isPcapMagic(head.readUInt32BE(0));
  const magic = isLittle ? head.readUInt32LE(0) : head.readUInt32BE(0);
  if (magic === PCAP_MAGIC_MODIFIED) return "pcap-parser does not know modified pcap";
  const major = isLittle ? head.readUInt16LE(4) : head.readUInt16BE(4);
  const minor = isLittle ? head.readUInt16LE(6) : head.readUInt16BE(6);
  if (major !== 2 || minor !== 4) return `pcap-parser reads version 2.4, this is ${major}.${minor}`;
  return { nanosPerUnit: magic === PCAP_MAGIC_NANOS ? 1 : 1000 };
}

/** Gathers the facts of one side, record by record. */
class SideTally {
  readonly #hash: Hash = createHash("sha256");
  readonly #row = Buffer.alloc(16);
  #packets = 0;
  #wireBytes = 0;
  #capturedBytes = 0;
  #first: string | null = null;
  #last: string | null = null;

  add(seconds: number, nanos: number, capturedLength: number, wireLength: number): void {
    this.#row.writeUInt32LE(seconds, 0);
    this.#row.writeUInt32LE(nanos, 4);
    this.#row.writeUInt32LE(capturedLength, 8);
    this.#row.writeUInt32LE(wireLength, 12);
    this.#hash.update(this.#row);
    this.#packets += 1;
    this.#wireBytes += wireLength;
    this.#capturedBytes += capturedLength;
    const time = `${seconds}.${String(nanos).padStart(9, "0")}`;
    this.#first ??= time;
    this.#last = time;
  }

  side(): CrossCheckSide {
    return {
      packets: this.#packets,
      wireBytes: this.#wireBytes,
      capturedBytes: this.#capturedBytes,
      firstSeen: this.#first,
      lastSeen: this.#last,
      headersSha256: this.#hash.digest("hex"),
    };
  }
}

/** What our reader finds, or why the file must not be given to the other one. */
async function readWithCursor(file: string, source: ByteSource): Promise<CrossCheckSide | string> {
  const log = new DiagnosticLog();
  const cursor = await openCapture(source, file, log);
  if (cursor === null) return "it is no capture";
  const tally = new SideTally();
  while (!cursor.ended) {
    while (cursor.next() === RecordStatus.Record) {
      tally.add(cursor.seconds, cursor.nanos, cursor.capturedLength, cursor.wireLength);
    }
    if (!cursor.ended) await fill(cursor, source);
  }
  const oddity = log.list().find(({ code }) => !HARMLESS.has(code));
  return oddity === undefined ? tally.side() : `the file is odd: ${oddity.message}`;
}

/** The package refuses nanosecond files for their magic number alone, so it is given the one of microseconds. */
async function* withMicrosecondMagic(source: ByteSource): AsyncGenerator<Buffer> {
  const magic = Buffer.alloc(4);
  await readFully(source, magic);
  if (magic.readUInt32BE(0) === PCAP_MAGIC_NANOS) magic.writeUInt32BE(PCAP_MAGIC_MICROS, 0);
  else if (magic.readUInt32LE(0) === PCAP_MAGIC_NANOS) magic.writeUInt32LE(PCAP_MAGIC_MICROS, 0);
  yield magic;
  for (;;) {
    // A fresh buffer each time: the package keeps slices of what it was given.
    const block = Buffer.allocUnsafe(1024 * 1024);
    const count = await source.readInto(block);
    if (count === 0) return;
    yield block.subarray(0, count);
  }
}

async function readWithPcapParser(
  source: ByteSource,
  nanosPerUnit: number,
): Promise<CrossCheckSide> {
  const { default: pcapParser } = await import("pcap-parser");
  const tally = new SideTally();
  const stream = Readable.from(withMicrosecondMagic(source), { objectMode: false });
  await new Promise<void>((resolve, reject) => {
    const parser = pcapParser.parse(stream);
    // Not "packetHeader": that comes for a record that was cut, too.
    parser.on("packet", ({ header }) => {
      const { timestampSeconds, timestampMicroseconds, capturedLength, originalLength } = header;
      tally.add(
        timestampSeconds,
        timestampMicroseconds * nanosPerUnit,
        capturedLength,
        originalLength,
      );
    });
    parser.on("error", reject);
    parser.on("end", resolve);
  });
  return tally.side();
}
