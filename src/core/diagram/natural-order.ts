/**
 * The order in which people number things: digits count as numbers, so 10.0.0.9 stands before 10.0.0.10 and
 * ip-10-0-2-1 before ip-10-0-10-1. Total: different texts never compare equal, so no order depends on the input's.
 */
export function compareNatural(a: string, b: string): number {
  const as = chunks(a);
  const bs = chunks(b);
  for (let i = 0; i < as.length && i < bs.length; i++) {
    const difference = compareChunks(as[i] ?? "", bs[i] ?? "");
    if (difference !== 0) return difference;
  }
  return as.length - bs.length || compareText(a, b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Names are looked at this far; a name longer than that is an attack on the sorter. */
const LOOKED_AT = 512;

function chunks(text: string): string[] {
  return text.slice(0, LOOKED_AT).match(/[0-9]+|[^0-9]+/g) ?? [];
}

function compareChunks(a: string, b: string): number {
  if (!isNumber(a) || !isNumber(b)) return compareText(a, b);
  const x = a.replace(/^0+(?=.)/, "");
  const y = b.replace(/^0+(?=.)/, "");
  return x.length - y.length || compareText(x, y);
}

function isNumber(chunk: string): boolean {
  const code = chunk.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}
