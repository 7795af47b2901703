/** Times as people give them to `--since` and `--until`, in the report's own form. */
import { formatTime } from "./format-time.ts";

const NS_PER_UNIT: Readonly<Record<string, bigint>> = {
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d))+$/;

/** Nanoseconds of "10s", "1h43m", "1.5s", "250ms", "2d" (Go's form, and days); null for anything else. */
export function parseDuration(text: string): bigint | null {
  if (text.length > 100 || !DURATION.test(text)) return null;
  let sum = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of text.matchAll(
    /(\d+)(?:\.(\d+))?(ms|s|m|h|d)/g,
  )) {
    const ns = NS_PER_UNIT[unit] ?? 0n;
    sum += BigInt(whole) * ns;
    if (fraction !== "") sum += (BigInt(fraction) * ns) / 10n ** BigInt(fraction.length);
  }
  return sum;
}

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))$/;

/** Nanoseconds since 1970 of an RFC 3339 time (at most nine fractional digits), or null. A leap second is refused. */
export function parseRfc3339(text: string): bigint | null {
  const match = RFC3339.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", , sign, offHour, offMinute] =
    match;
  const inRange =
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(offHour ?? 0) < 24 &&
    Number(offMinute ?? 0) < 60;
  if (!inRange) return null;
  const ms = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute));
  // Years below 100 mean 19xx to Date.UTC; setUTCFullYear takes them as they are.
  const date = new Date(ms);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  // 30 February would have become March.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  const offset = (Number(offHour ?? 0) * 60 + Number(offMinute ?? 0)) * (sign === "-" ? -1 : 1);
  const seconds = BigInt(date.getTime() / 1000) + BigInt(Number(second) - offset * 60);
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/**
 * An RFC 3339 time, or a duration before `end` (a time of the report), as a time of the report. Null when it is neither, or when
 * it is a duration and the captures have no end.
 */
export function resolveTime(text: string, end: string | null): string | null {
  const absolute = parseRfc3339(text);
  if (absolute !== null) return formatTime(absolute);
  const before = parseDuration(text);
  if (before === null || end === null) return null;
  const endNs = parseRfc3339(end);
  return endNs === null ? null : formatTime(endNs - before);
}

/** Nanoseconds from one time of a report to another, or from or to any RFC 3339 time; null when one is none. */
export function nsBetween(from: string, to: string): bigint | null {
  const [start, end] = [parseRfc3339(from), parseRfc3339(to)];
  return start === null || end === null ? null : end - start;
}

/** "1.8 s", "3 min", "5 h", "2 days": how far apart two times are, whichever is first. */
export function durationBetween(from: string, to: string): string {
  const ns = nsBetween(from, to) ?? 0n;
  const seconds = Number(ns < 0n ? -ns : ns) / 1e9;
  if (seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 360_000) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
