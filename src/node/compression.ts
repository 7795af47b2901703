/** Which compression an input has, by its first bytes, and what undoes it. */
import { isSkippableMagic, LZ4_LEGACY_MAGIC, LZ4_MAGIC, ZSTD_MAGIC } from "./frame-magic.ts";
import type { Unpacker } from "./unpacker.ts";

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

/** Loaded when an input needs it: most captures are not compressed. */
export async function createUnpacker(compression: Compression): Promise<Unpacker> {
  switch (compression) {
    case "gzip":
      return new (await import("./gzip-unpacker.ts")).GzipUnpacker();
    case "zstd":
      return new (await import("./zstd-unpacker.ts")).ZstdUnpacker();
    case "lz4":
      return new (await import("./lz4-unpacker.ts")).Lz4Unpacker();
  }
}
