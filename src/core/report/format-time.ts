/** Times of a report: RFC 3339 in UTC with nine digits, made from nanoseconds without passing through a double. */

const NS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400n;
/** 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z: all that the four-digit years of RFC 3339 can say. */
const EARLIEST_NS = -62_167_219_200n * NS_PER_SECOND;
const LATEST_NS = 253_402_300_800n * NS_PER_SECOND - 1n;

/** `ns` since 1970 as `2026-11-20T01:02:03.000000004Z`. Times outside the years 0000..9999 are clamped to them. */
export function formatTime(ns: bigint): string {
  const clamped = ns < EARLIEST_NS ? EARLIEST_NS : ns > LATEST_NS ? LATEST_NS : ns;
  const seconds = floorDivide(clamped, NS_PER_SECOND);
  const nanos = clamped - seconds * NS_PER_SECOND;
  const days = floorDivide(seconds, SECONDS_PER_DAY);
  const secondOfDay = Number(seconds - days * SECONDS_PER_DAY);
  const { year, month, day } = civilFromDays(Number(days));
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const hour = Math.floor(secondOfDay / 3600);
  const minute = Math.floor(secondOfDay / 60) % 60;
  const time = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(secondOfDay % 60, 2)}`;
  return `${date}T${time}.${nanos.toString().padStart(9, "0")}Z`;
}

/** Day count since 1970-01-01 to the proleptic Gregorian date (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  // Counting from 0000-03-01 puts the leap day at the end of the year, where it needs no special case.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function digits(value: number, length: number): string {
  return value.toString().padStart(length, "0");
}
