/**
 * Exact conversion of pcapng's 64-bit timestamps (draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset) to seconds and
 * nanoseconds, without BigInt and without a product that leaves a double's 53 bits.
 */

/** 5^9: 10^9 = 2^9 * 5^9, and a 32-bit number times 5^9 still fits 53 bits. */
const FIVE_TO_NINE = 1_953_125;
const TWO_TO_32 = 4_294_967_296;
export const MAX_SECONDS = 4_294_967_295;

/** The unit of one interface's timestamps and the last time converted with it. */
export class TimestampUnit {
  seconds = 0;
  nanos = 0;
  readonly #isBinary: boolean;
  readonly #exponent: number;
  /** 10^exponent where the exponent is at most 9. */
  readonly #unitsPerSecond: number;
  readonly #nanosPerUnit: number;
  readonly #offsetSeconds: number;
  #quotientHigh = 0;
  #quotientLow = 0;

  /** `resolution` is the if_tsresol byte; `offsetSeconds` is if_tsoffset. */
  constructor(resolution: number, offsetSeconds: number) {
    this.#isBinary = (resolution & 0x80) !== 0;
    this.#exponent = resolution & 0x7f;
    this.#unitsPerSecond = 10 ** Math.min(this.#exponent, 9);
    this.#nanosPerUnit = 10 ** (9 - Math.min(this.#exponent, 9));
    this.#offsetSeconds = offsetSeconds;
  }

  /** Sets `seconds` and `nanos` (rounded down); false when the time had to be clamped to 1970 .. 2106. */
  convert(high: number, low: number): boolean {
    if (this.#isBinary) this.#fromBinary(high, low);
    else if (this.#exponent <= 9) this.#fromDecimal(high, low);
    else this.#fromFineDecimal(high, low);
    const seconds = this.seconds + this.#offsetSeconds;
    if (seconds >= 0 && seconds <= MAX_SECONDS) {
      this.seconds = seconds;
      return true;
    }
    this.seconds = seconds < 0 ? 0 : MAX_SECONDS;
    this.nanos = seconds < 0 ? 0 : 999_999_999;
    return false;
  }

  /**
   * Schoolbook division of a 64-bit number by at most 10^9 in steps of 16 bits: each partial dividend stays below 2^46,
   * where a double's quotient, rounded down, is exact. Returns the remainder.
   */
  #divide(high: number, low: number, divisor: number): number {
    const quotientHigh = Math.floor(high / divisor);
    const middle = (high - quotientHigh * divisor) * 65_536 + (low >>> 16);
    const quotientMiddle = Math.floor(middle / divisor);
    const last = (middle - quotientMiddle * divisor) * 65_536 + (low & 0xffff);
    const quotientLow = Math.floor(last / divisor);
    this.#quotientHigh = quotientHigh;
    this.#quotientLow = quotientMiddle * 65_536 + quotientLow;
    return last - quotientLow * divisor;
  }

  #fromDecimal(high: number, low: number): void {
    const remainder = this.#divide(high, low, this.#unitsPerSecond);
    this.seconds = this.#quotientHigh * TWO_TO_32 + this.#quotientLow;
    this.nanos = remainder * this.#nanosPerUnit;
  }

  /** Finer than nanoseconds: first whole nanoseconds (dropping at most nine digits a step), then seconds. */
  #fromFineDecimal(high: number, low: number): void {
    this.#quotientHigh = high;
    this.#quotientLow = low;
    // A 64-bit number has at most 20 digits, so dropping more than that changes nothing any more.
    for (let digits = Math.min(this.#exponent - 9, 27); digits > 0; digits -= 9) {
      this.#divide(this.#quotientHigh, this.#quotientLow, 10 ** Math.min(digits, 9));
    }
    this.nanos = this.#divide(this.#quotientHigh, this.#quotientLow, 1_000_000_000);
    this.seconds = this.#quotientHigh * TWO_TO_32 + this.#quotientLow;
  }

  /** Units of 2^-exponent seconds: shifts, which division by a power of two does exactly. */
  #fromBinary(high: number, low: number): void {
    const exponent = this.#exponent;
    let fractionHigh = 0;
    let fractionLow = low;
    if (exponent >= 64) {
      this.seconds = 0;
      fractionHigh = high;
    } else if (exponent >= 32) {
      const wholeUnit = 2 ** (exponent - 32);
      this.seconds = Math.floor(high / wholeUnit);
      fractionHigh = high % wholeUnit;
    } else {
      const wholeUnit = 2 ** exponent;
      this.seconds = high * 2 ** (32 - exponent) + Math.floor(low / wholeUnit);
      fractionLow = low % wholeUnit;
    }
    // nanos = fraction * 10^9 / 2^exponent = fraction * 5^9 / 2^(exponent - 9), the product held as top * 2^32 + bottom.
    const lowProduct = fractionLow * FIVE_TO_NINE;
    const carry = Math.floor(lowProduct / TWO_TO_32);
    const top = fractionHigh * FIVE_TO_NINE + carry;
    const bottom = lowProduct - carry * TWO_TO_32;
    const shift = exponent - 9;
    this.nanos =
      shift >= 32
        ? Math.floor(top / 2 ** (shift - 32))
        : top * 2 ** (32 - shift) + Math.floor(bottom / 2 ** shift);
  }
}
