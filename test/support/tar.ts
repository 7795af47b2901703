/** Tar bundles for tests (POSIX ustar). */
import { concat } from "./bytes.ts";

export interface TarEntry {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Type flag; "0", a regular file, by default. */
  readonly type?: string;
}

export function tarHeader(path: string, size: number, type = "0"): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

export function tarFile(entries: readonly TarEntry[]): Uint8Array {
  const members = entries.map(({ path, content, type }) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const padding = new Uint8Array((512 - (bytes.length % 512)) % 512);
    return concat(tarHeader(path, bytes.length, type), bytes, padding);
  });
  return concat(...members, new Uint8Array(1024));
}
