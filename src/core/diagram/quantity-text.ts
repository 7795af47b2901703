/** Numbers in the words of a picture; no locale takes part. */

/** "1 pod", "1,234 addresses". */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`;
  return `${grouped(number)} ${number === 1 ? noun : plural}`;
}

/** 1234567 as "1,234,567". */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** At most four characters: 999, 1.2k, 45k, 3.4M. */
export function shortNumber(number: number): string {
  for (const [unit, letter] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (number < unit) continue;
    const value = number / unit;
    return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${letter}`;
  }
  return String(number);
}

/** "908 B", "3.4 MB". */
export function byteText(number: number): string {
  return `${shortNumber(number).replace(/(?=[kMGT]?$)/, " ")}B`;
}

/** "35 µs", "1.20 ms", "2.5 s"; negative ones keep their sign. */
export function secondsText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.000_999_5) return `${Math.round(seconds * 1e6)} µs`;
  if (size < 0.999_5) return `${(seconds * 1000).toFixed(2)} ms`;
  if (size < 100) return `${seconds.toFixed(1)} s`;
  return `${grouped(Math.round(seconds))} s`;
}

/** "2026-11-20 09:00:00 to 09:05:12 UTC": to the second, the date once when it is one day. */
export function spanText(first: string, last: string): string {
  const [day, lastDay] = [first.slice(0, 10), last.slice(0, 10)];
  const to = day === lastDay ? last.slice(11, 19) : `${lastDay} ${last.slice(11, 19)}`;
  return `${day} ${first.slice(11, 19)} to ${to} UTC`;
}

/** "09:00:00.123456": the time of day in microseconds, as tcpdump shows it. */
export function clockText(time: string): string {
  return time.slice(11, 26);
}
