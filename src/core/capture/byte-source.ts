/** The one seam between podpath's core and the world: bytes of one input, in order. */
export interface ByteSource {
  /**
   * Puts the next bytes into `target` and says how many; 0 = end. A source that has its bytes at hand answers with a plain
   * number, so that reading a local file costs no promise per block. Rejects (or throws) with the rim's InputError.
   */
  readInto(target: Uint8Array): number | Promise<number>;
}
