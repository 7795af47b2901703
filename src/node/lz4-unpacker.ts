/**
 * LZ4 frames (LZ4 frame format description 1.6.4), and the legacy frames of `lz4 -l`.
 *
 *   frame:   | magic 184d2204 (4) | FLG (1) | BD (1) | content size (0-8) | dictionary id (0-4) | header checksum (1) | blocks |
 *            | end mark 00000000 (4) | content checksum (0-4) |
 *   block:   | not packed (1 bit), length (31) | content ... | block checksum (0-4) |
 *   legacy:  | magic 184c2102 (4) | blocks: | length (4) | content, unpacked at most 8 MiB ...    ends with the file or another magic
 */
import { isSkippableMagic, LZ4_LEGACY_MAGIC, LZ4_MAGIC } from "./frame-magic.ts";
import { FrameUnpacker, PackedDamage } from "./frame-unpacker.ts";
import { LZ4_HISTORY_BYTES, Lz4Block } from "./lz4-block.ts";
import { Xxh32 } from "./xxh32.ts";

const LEGACY_BLOCK_BYTES = 8 * 1024 * 1024;
const NOT_PACKED = 0x8000_0000;
/** FLG bits; the version stands in the top two. */
const FLAG_INDEPENDENT = 0x20;
const FLAG_BLOCK_CHECKSUM = 0x10;
const FLAG_CONTENT_SIZE = 0x08;
const FLAG_CONTENT_CHECKSUM = 0x04;
const FLAG_DICTIONARY = 0x01;

interface Frame {
  readonly isLegacy: boolean;
  readonly blockBytes: number;
  readonly isIndependent: boolean;
  readonly hasBlockChecksum: boolean;
  readonly contentHash: Xxh32 | null;
}

export class Lz4Unpacker extends FrameUnpacker {
  #frame: Frame | null = null;
  /** History, then the block being unpacked. */
  #buffer = new Uint8Array(0);
  #historyLength = 0;

  /** A legacy frame has no end of its own. */
  protected get isBetweenFrames(): boolean {
    return this.#frame === null || this.#frame.isLegacy;
  }

  protected step(): boolean {
    if (this.available < 4) return false;
    const word = this.window.view.getUint32(this.window.start, true);
    if (this.#frame === null) return this.#beginFrame(word);
    return this.#frame.isLegacy
      ? this.#legacyBlock(word, this.#frame)
      : this.#block(word, this.#frame);
  }

  protected unpackCutBlock(): void {
    const frame = this.#frame;
    if (frame === null || this.available <= 4) return;
    const word = this.window.view.getUint32(this.window.start, true);
    if ((word & ~NOT_PACKED) === 0) return;
    const content = this.#bytes(4, this.available - 4);
    if ((word & NOT_PACKED) !== 0 && !frame.isLegacy) this.output.push(content.slice());
    else this.#unpack(content, frame, true);
  }

  #beginFrame(magic: number): boolean {
    if (isSkippableMagic(magic)) {
      if (this.available < 8) return false;
      this.skip(8 + this.window.view.getUint32(this.window.start + 4, true));
      return true;
    }
    if (magic === LZ4_LEGACY_MAGIC) {
      this.window.start += 4;
      this.#open({
        isLegacy: true,
        blockBytes: LEGACY_BLOCK_BYTES,
        isIndependent: true,
        hasBlockChecksum: false,
        contentHash: null,
      });
      return true;
    }
    if (magic !== LZ4_MAGIC) throw new PackedDamage("what follows a frame is no frame");
    return this.#readFrameHeader();
  }

  #readFrameHeader(): boolean {
    if (this.available < 7) return false;
    const { view, start } = this.window;
    const flags = view.getUint8(start + 4);
    if (flags >> 6 !== 1) throw new PackedDamage("a frame is of an unknown version");
    const sizeLength = (flags & FLAG_CONTENT_SIZE) === 0 ? 0 : 8;
    const dictionaryLength = (flags & FLAG_DICTIONARY) === 0 ? 0 : 4;
    const length = 6 + sizeLength + dictionaryLength;
    if (this.available < length + 1) return false;
    const descriptor = this.#bytes(4, length - 4);
    if (((new Xxh32().update(descriptor).digest() >> 8) & 0xff) !== view.getUint8(start + length)) {
      throw new PackedDamage("the checksum of a frame header is wrong");
    }
    if (dictionaryLength > 0) throw new PackedDamage("a frame needs a dictionary");
    const sizeCode = (view.getUint8(start + 5) >> 4) & 7;
    if (sizeCode < 4) throw new PackedDamage("a frame has an unknown block size");
    this.window.start += length + 1;
    this.#open({
      isLegacy: false,
      blockBytes: 2 ** (8 + 2 * sizeCode),
      isIndependent: (flags & FLAG_INDEPENDENT) !== 0,
      hasBlockChecksum: (flags & FLAG_BLOCK_CHECKSUM) !== 0,
      contentHash: (flags & FLAG_CONTENT_CHECKSUM) === 0 ? null : new Xxh32(),
    });
    return true;
  }

  #open(frame: Frame): void {
    this.#frame = frame;
    this.#historyLength = 0;
    const needed = LZ4_HISTORY_BYTES + frame.blockBytes;
    if (this.#buffer.length < needed) this.#buffer = new Uint8Array(needed);
  }

  #block(word: number, frame: Frame): boolean {
    if (word === 0) return this.#endFrame(frame);
    const length = word & ~NOT_PACKED;
    if (length > frame.blockBytes) throw new PackedDamage(`a block claims ${length} bytes`);
    const checksumLength = frame.hasBlockChecksum ? 4 : 0;
    if (this.available < 4 + length + checksumLength) return false;
    const content = this.#bytes(4, length);
    if (frame.hasBlockChecksum) {
      const expected = this.window.view.getUint32(this.window.start + 4 + length, true);
      if (new Xxh32().update(content).digest() !== expected) {
        throw new PackedDamage("the checksum of a block is wrong");
      }
    }
    if ((word & NOT_PACKED) === 0) this.#unpack(content, frame, false);
    else this.#giveOut(content.slice(), frame);
    this.window.start += 4 + length + checksumLength;
    return true;
  }

  #legacyBlock(word: number, frame: Frame): boolean {
    if (word === LZ4_LEGACY_MAGIC || word === LZ4_MAGIC || isSkippableMagic(word)) {
      this.#frame = null;
      return true;
    }
    // No block grows by more than a byte in 255 (LZ4_compressBound).
    if (word > LEGACY_BLOCK_BYTES + LEGACY_BLOCK_BYTES / 255 + 16) {
      throw new PackedDamage(`a block claims ${word} bytes`);
    }
    if (this.available < 4 + word) return false;
    this.#unpack(this.#bytes(4, word), frame, false);
    this.window.start += 4 + word;
    return true;
  }

  #endFrame(frame: Frame): boolean {
    const checksumLength = frame.contentHash === null ? 0 : 4;
    if (this.available < 4 + checksumLength) return false;
    if (frame.contentHash !== null) {
      const expected = this.window.view.getUint32(this.window.start + 4, true);
      if (frame.contentHash.digest() !== expected) {
        throw new PackedDamage("the checksum of a frame's content is wrong");
      }
    }
    this.window.start += 4 + checksumLength;
    this.#frame = null;
    return true;
  }

  #unpack(content: Uint8Array, frame: Frame, isCut: boolean): void {
    const start = LZ4_HISTORY_BYTES;
    const target = this.#buffer.subarray(0, start + frame.blockBytes);
    const block = new Lz4Block(content, target, start, start - this.#historyLength);
    const isWhole = block.unpack();
    this.#giveOut(target.slice(start, block.end), frame);
    if (!isWhole && !isCut) throw new PackedDamage("a block contradicts itself");
  }

  #giveOut(block: Uint8Array, frame: Frame): void {
    this.output.push(block);
    frame.contentHash?.update(block);
    if (frame.isIndependent) return;
    // The end of what was given out becomes the history of the next block.
    const buffer = this.#buffer;
    const kept = Math.min(block.length, LZ4_HISTORY_BYTES);
    buffer.copyWithin(0, kept, LZ4_HISTORY_BYTES);
    buffer.set(block.subarray(block.length - kept), LZ4_HISTORY_BYTES - kept);
    this.#historyLength = Math.min(this.#historyLength + kept, LZ4_HISTORY_BYTES);
  }

  /** A view of the window, from `offset` behind its start. */
  #bytes(offset: number, length: number): Uint8Array {
    const from = this.window.start + offset;
    return this.window.bytes.subarray(from, from + length);
  }
}
