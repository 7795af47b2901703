/** Small operations on classic pcap files of this machine's byte order: what happens to captures on their way to a pipeline. */

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Offsets at which a record begins, and the end of the last one. */
export function recordBoundaries(bytes: Uint8Array): number[] {
  const offsets: number[] = [];
  let at = FILE_HEADER;
  while (at + RECORD_HEADER <= bytes.length) {
    offsets.push(at);
    at += RECORD_HEADER + view(bytes).getUint32(at + 8, true);
  }
  return [...offsets, at];
}

export function withLinkType(bytes: Uint8Array, linkType: number): Uint8Array {
  const copy = bytes.slice();
  view(copy).setUint32(20, linkType, true);
  return copy;
}

export function laterBy(bytes: Uint8Array, seconds: number): Uint8Array {
  const copy = bytes.slice();
  for (const at of recordBoundaries(bytes).slice(0, -1))
    view(copy).setUint32(at, view(copy).getUint32(at, true) + seconds, true);
  return copy;
}

/** Appends one record with the time of the last one. */
export function withRecord(bytes: Uint8Array, packet: Uint8Array): Uint8Array {
  const last = recordBoundaries(bytes).at(-2) ?? FILE_HEADER;
  const copy = new Uint8Array(bytes.length + RECORD_HEADER + packet.length);
  copy.set(bytes);
  copy.set(bytes.subarray(last, last + 8), bytes.length);
  view(copy).setUint32(bytes.length + 8, packet.length, true);
  view(copy).setUint32(bytes.length + 12, packet.length, true);
  copy.set(packet, bytes.length + RECORD_HEADER);
  return copy;
}
