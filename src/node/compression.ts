/** Which compression an input has, by its first bytes, and what undoes it. */
import { isSkippableMagic } from "./frame-unpacker.ts";
import { GzipUnpacker } from "./gzip-unpacker.ts";
import { LZ4_LEGACY_MAGIC, LZ4_MAGIC, Lz4Unpacker } from "./lz4-unpacker.ts";
import type { Unpacker } from "./unpacker.ts";
import { ZSTD_MAGIC, ZstdUnpacker } from "./zstd-unpacker.ts";

export type Compression = "gzip" | "zstd" | "lz4";

/** Skippable frames that may stand before the first real one: pzstd writes one. */
const MAX_LEADING_SKIPPABLE = 16;

export function sniffCompression(head: Uint8Array): Compression | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08) return "gzip";
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  let offset = 0;
  for (let frames = 0; offset + 4 <= head.length && frames < MAX_LEADING_SKIPPABLE; frames += 1) {
    const magic = view.getUint32(offset, true);
    if (magic === ZSTD_MAGIC) return "zstd";
    if (magic === LZ4_MAGIC || magic === LZ4_LEGACY_MAGIC) return "lz4";
    if (!isSkippableMagic(magic) || offset + 8 > head.length) return null;
    offset += 8 + view.getUint32(offset + 4, true);
  }
  return null;
}

export function createUnpacker(compression: Compression): Unpacker {
  switch (compression) {
    case "gzip":
      return new GzipUnpacker();
    case "zstd":
      return new ZstdUnpacker();
    case "lz4":
      return new Lz4Unpacker();
  }
}
