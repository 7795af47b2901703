/**
 * Zstandard (RFC 8878), the blocks unpacked by fzstd. Node has zstd of its own only from 22.15 on, and one reader for all
 * gives all the same report.
 *
 *   frame:   | magic fd2fb528 (4) | descriptor (1) | window (0-1) | dictionary id (0-4) | content size (0-8) | blocks | checksum (0-4) |
 *   block:   | last (1 bit), type (2), size (21) | content ...        type 0 raw, 1 one byte repeated, 2 compressed, 3 reserved
 *
 * fzstd trusts its input, so the frames are walked here first: what it is given has a window and blocks of bounded size. It
 * does not check a frame's checksum, nor do we (XXH64 needs 64-bit products).
 */
import { Decompress } from "fzstd";
import { MAX_ZSTD_WINDOW_BYTES } from "../core/limits.ts";
import { isSkippableMagic, ZSTD_MAGIC } from "./frame-magic.ts";
import { FrameUnpacker, PackedDamage } from "./frame-unpacker.ts";

const BLOCK_HEADER_LENGTH = 3;
/** Block_Maximum_Size (section 3.1.1.2.4): packed or unpacked. */
const MAX_BLOCK_LENGTH = 128 * 1024;
const BLOCK_RAW = 0;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;
const CHECKSUM_LENGTH = 4;
const FLAG_CHECKSUM = 0x04;
/** Bytes of all windows of a file that may be asked for beyond this many for each packed byte. */
const FREE_WINDOW_BYTES = 4 * 1024 * 1024 * 1024;
const WINDOW_BYTES_PER_PACKED_BYTE = 1024;
/**
 * Processor time after which a block cannot be a writer's: 128 KiB take a millisecond. A block made for it can claim some
 * hundred thousand matches of 128 KiB each, which fzstd would all walk.
 */
const MAX_BLOCK_MICROSECONDS = 2_000_000;

/** Fields of a frame header, null when it is not all there. */
interface FrameHeader {
  readonly length: number;
  readonly windowBytes: number;
  readonly hasChecksum: boolean;
}

export class ZstdUnpacker extends FrameUnpacker {
  /** The frame being read: its decompressor and the header that the first block is given with. */
  #frame: { readonly decompress: Decompress; readonly hasChecksum: boolean } | null = null;
  #header: Uint8Array = new Uint8Array(0);
  #packedBytes = 0;
  #windowBytes = 0;

  protected get isBetweenFrames(): boolean {
    return this.#frame === null;
  }

  protected step(): boolean {
    return this.#frame === null ? this.#beginFrame() : this.#unpackBlock();
  }

  /** A zstd block says nothing before its end. */
  protected unpackCutBlock(): void {}

  #beginFrame(): boolean {
    if (this.available < 8) return false;
    const { view, start, end } = this.window;
    const magic = view.getUint32(start, true);
    if (isSkippableMagic(magic)) {
      this.skip(8 + view.getUint32(start + 4, true));
      return true;
    }
    if (magic !== ZSTD_MAGIC) throw new PackedDamage("what follows a frame is no frame");
    const header = readFrameHeader(view, start, end);
    if (header === null) return false;
    this.#allowWindow(header.windowBytes);
    this.#header = this.#take(header.length);
    // fzstd would wait for a checksum that it does not look at.
    this.#header[4] = (this.#header[4] ?? 0) & ~FLAG_CHECKSUM;
    this.#frame = {
      hasChecksum: header.hasChecksum,
      decompress: new Decompress((block) => {
        if (block.length > 0) this.output.push(block);
      }),
    };
    return true;
  }

  #allowWindow(windowBytes: number): void {
    if (windowBytes > MAX_ZSTD_WINDOW_BYTES) {
      throw new PackedDamage(
        `a frame needs a window of ${windowBytes} bytes, more than ${MAX_ZSTD_WINDOW_BYTES}; unpack it with \`zstd -d --long=31\``,
      );
    }
    this.#windowBytes += windowBytes;
    if (this.#windowBytes > FREE_WINDOW_BYTES + WINDOW_BYTES_PER_PACKED_BYTE * this.#packedBytes) {
      throw new PackedDamage("its frames ask for far more memory than they have content");
    }
  }

  #unpackBlock(): boolean {
    if (this.available < BLOCK_HEADER_LENGTH) return false;
    const { bytes, start } = this.window;
    const word =
      (bytes[start] ?? 0) | ((bytes[start + 1] ?? 0) << 8) | ((bytes[start + 2] ?? 0) << 16);
    const isLast = (word & 1) !== 0;
    const type = (word >> 1) & 3;
    const size = word >>> 3;
    if (type === BLOCK_RESERVED) throw new PackedDamage("a block is of the reserved type");
    if (size > MAX_BLOCK_LENGTH) throw new PackedDamage(`a block claims ${size} bytes`);
    const length = BLOCK_HEADER_LENGTH + (type === BLOCK_RLE ? 1 : size);
    if (this.available < length) return false;
    this.#push(this.#take(length), isLast, type);
    return true;
  }

  #push(block: Uint8Array, isLast: boolean, type: number): void {
    const chunk = this.#header.length === 0 ? block : Buffer.concat([this.#header, block]);
    this.#header = new Uint8Array(0);
    const before = process.cpuUsage();
    try {
      this.#frame?.decompress.push(chunk, isLast);
    } catch (error) {
      throw new PackedDamage(error instanceof Error ? error.message : String(error));
    }
    if (isLast) {
      if (this.#frame?.hasChecksum === true) this.skip(CHECKSUM_LENGTH);
      this.#frame = null;
    }
    if (type === BLOCK_RAW || type === BLOCK_RLE) return;
    const { user } = process.cpuUsage(before);
    if (user > MAX_BLOCK_MICROSECONDS) {
      throw new PackedDamage("a block takes longer to unpack than any that a writer makes");
    }
  }

  /** A copy, because fzstd keeps short pieces for later. */
  #take(length: number): Uint8Array {
    const { bytes, start } = this.window;
    this.window.start += length;
    this.#packedBytes += length;
    return bytes.slice(start, start + length);
  }
}

/** Section 3.1.1.1. Throws PackedDamage for what nothing here can read. */
function readFrameHeader(view: DataView, start: number, end: number): FrameHeader | null {
  const descriptor = view.getUint8(start + 4);
  if ((descriptor & 0x08) !== 0) throw new PackedDamage("a frame header sets a reserved bit");
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const idLength = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeLength = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const idOffset = start + 5 + (isSingleSegment ? 0 : 1);
  const sizeOffset = idOffset + idLength;
  const length = sizeOffset + sizeLength - start;
  if (start + length > end) return null;
  for (let offset = idOffset; offset < sizeOffset; offset += 1) {
    if (view.getUint8(offset) !== 0) throw new PackedDamage("a frame needs a dictionary");
  }
  const windowBytes = isSingleSegment
    ? contentSize(view, sizeOffset, sizeLength)
    : windowSize(view.getUint8(start + 5));
  return { length, windowBytes, hasChecksum: (descriptor & FLAG_CHECKSUM) !== 0 };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(view: DataView, offset: number, length: number): number {
  if (length === 1) return view.getUint8(offset);
  // Two bytes count from 256 (section 3.1.1.1.4).
  if (length === 2) return view.getUint16(offset, true) + 256;
  if (length === 4) return view.getUint32(offset, true);
  return Number(view.getBigUint64(offset, true));
}
