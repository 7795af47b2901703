/** The first four bytes of frames, little-endian (RFC 8878 sections 3.1.1 and 3.1.2; LZ4 frame format description 1.6.4). */

export const ZSTD_MAGIC = 0xfd2fb528;
export const LZ4_MAGIC = 0x184d2204;
export const LZ4_LEGACY_MAGIC = 0x184c2102;

const SKIPPABLE_MAGIC_LOWEST = 0x184d2a50;
const SKIPPABLE_MAGIC_HIGHEST = 0x184d2a5f;

export function isSkippableMagic(magic: number): boolean {
  return magic >= SKIPPABLE_MAGIC_LOWEST && magic <= SKIPPABLE_MAGIC_HIGHEST;
}
