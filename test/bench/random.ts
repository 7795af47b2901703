/** xorshift128 (G. Marsaglia, Xorshift RNGs, 2003): the same numbers on every machine, fast enough for gigabytes. */
export class Random {
  readonly #state = Int32Array.of(0x6b79_3a1d, 0x9e37_79b9 | 0, 0x2545_f491, 0x14d0_49bb);

  /** 0 .. 2^32-1. */
  word(): number {
    const state = this.#state;
    let t = state[3] ?? 0;
    const s = state[0] ?? 0;
    state[3] = state[2] ?? 0;
    state[2] = state[1] ?? 0;
    state[1] = s;
    t ^= t << 11;
    t ^= t >>> 8;
    state[0] = t ^ s ^ (s >>> 19);
    return (state[0] ?? 0) >>> 0;
  }

  /** 0 .. count-1. */
  below(count: number): number {
    return Math.floor((this.word() / 4_294_967_296) * count);
  }

  /** Whether something of this many percent happens. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }
}
