/** Shares out the tracks of a channel or corridor among the nets that run through it, as few as possible. */
import { groupBy } from "../group-by.ts";

/** What a net occupies of one channel or corridor. */
export interface Span {
  readonly lane: number;
  readonly net: string;
  first: number;
  last: number;
  /** Ends that come from the left and from the right side of a channel. */
  left: number;
  right: number;
  /** Vertical position of an end from the left. */
  leftLevel: number;
}

export function spanKey(lane: number, net: string): string {
  return `${lane} ${net}`;
}

export function extend(spans: Map<string, Span>, lane: number, net: string, at: number): Span {
  const key = spanKey(lane, net);
  let span = spans.get(key);
  if (span === undefined) {
    span = { lane, net, first: at, last: at, left: 0, right: 0, leftLevel: at };
    spans.set(key, span);
  }
  span.first = Math.min(span.first, at);
  span.last = Math.max(span.last, at);
  return span;
}

/**
 * Interval packing, first fit; spans of one track are more than `gap` apart. Lines that return to the bank they came from stay near it with the short ones inside, lines
 * that cross over go between them, ordered so that parallel ones do not cross each other.
 */
export function assignTracks(
  spans: readonly Span[],
  gap: number,
): {
  readonly index: ReadonlyMap<string, number>;
  readonly count: ReadonlyMap<number, number>;
} {
  const index = new Map<string, number>();
  const count = new Map<number, number>();
  for (const [lane, members] of groupBy(spans, (span) => span.lane)) {
    const nearLeft = members.filter(({ left, right }) => left > 0 && right === 0);
    const nearRight = members.filter(({ left, right }) => right > 0 && left === 0);
    const across = members.filter(({ left, right }) => left > 0 === right > 0);
    let base = 0;
    base += pack(nearLeft.sort(compareLength), gap, (span, track) => {
      index.set(spanKey(lane, span.net), track);
    });
    const middle = base;
    base += pack(across.sort(compareCrossing), gap, (span, track) => {
      index.set(spanKey(lane, span.net), middle + track);
    });
    const chosen: [Span, number][] = [];
    const used = pack(nearRight.sort(compareLength), gap, (span, track) =>
      chosen.push([span, track]),
    );
    for (const [span, track] of chosen) {
      index.set(spanKey(lane, span.net), base + used - 1 - track);
    }
    count.set(lane, base + used);
  }
  return { index, count };
}

function pack(
  spans: readonly Span[],
  gap: number,
  assign: (span: Span, track: number) => void,
): number {
  const tracks: Span[][] = [];
  for (const span of spans) {
    const free = tracks.findIndex((others) =>
      others.every((other) => other.last + gap < span.first || span.last + gap < other.first),
    );
    const track = free < 0 ? tracks.length : free;
    if (free < 0) tracks.push([span]);
    else tracks[free]?.push(span);
    assign(span, track);
  }
  return tracks.length;
}

function compareLength(a: Span, b: Span): number {
  return a.last - a.first - (b.last - b.first) || a.first - b.first || compareNets(a, b);
}

/** Going down from left to right: the lower start turns first. Going up: the upper start turns first. */
function compareCrossing(a: Span, b: Span): number {
  const down = (span: Span) => span.leftLevel <= (span.first + span.last) / 2;
  if (down(a) !== down(b)) return down(a) ? -1 : 1;
  const order = down(a) ? b.leftLevel - a.leftLevel : a.leftLevel - b.leftLevel;
  return order || compareNets(a, b);
}

function compareNets(a: Span, b: Span): number {
  return a.net < b.net ? -1 : a.net > b.net ? 1 : 0;
}
