/** Which findings each connection has: the lists of the findings, turned round. */
import type { Sequence } from "../sequence.ts";

/** Two or four bytes for each mention of a connection and four for each connection; nothing else grows with them. */
export interface FindingIndex {
  /** Positions in the list of findings, ascending: worst first, as that list is. */
  of(connection: number): Sequence<number>;
  /** Position of the worst finding; null: it has none. */
  worstOf(connection: number): number | null;
}

/**
 * @param findings for each finding the indexes of its connections, as mentionedOnce gives them
 * @param connections how many there are
 */
export function findingIndex(
  findings: readonly Sequence<number>[],
  connections: number,
): FindingIndex {
  // Counted first and then filled (compressed sparse rows): two flat arrays instead of a list for each connection.
  const starts = new Uint32Array(connections + 1);
  for (const mentioned of findings)
    for (const index of mentioned) starts[index + 1] = (starts[index + 1] ?? 0) + 1;
  for (let i = 1; i <= connections; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const mentions = starts[connections] ?? 0;
  const List = findings.length <= 0xffff ? Uint16Array : Uint32Array;
  const positions = new List(mentions);
  // Filled backwards, each row's end moves down to its start: no second array of cursors.
  const ends = starts.subarray(1);
  for (let position = findings.length - 1; position >= 0; position--) {
    for (const index of findings[position] ?? []) {
      const end = (ends[index] ?? 0) - 1;
      ends[index] = end;
      positions[end] = position;
    }
  }
  // Each entry of `ends` is now the start of its own row, and the next row's start is where it stops.
  const from = (index: number): number => ends[index] ?? 0;
  const to = (index: number): number =>
    index + 1 < connections ? (ends[index + 1] ?? 0) : mentions;
  return {
    of: (index) => positions.subarray(from(index), to(index)),
    worstOf: (index) => (from(index) < to(index) ? (positions[from(index)] ?? null) : null),
  };
}

/**
 * The indexes of connections that a finding is about, ascending and each once; without a copy where they are so already, as
 * rules that walk in order make them. What is no index of a connection is left out.
 */
export function mentionedOnce(indexes: Sequence<number>, connections: number): Sequence<number> {
  if (isAscending(indexes, connections)) return indexes;
  const sorted = Int32Array.from(indexes).sort();
  let kept = 0;
  let last = -1;
  for (const index of sorted) {
    if (index <= last || index >= connections) continue;
    sorted[kept++] = index;
    last = index;
  }
  return sorted.subarray(0, kept);
}

function isAscending(indexes: Sequence<number>, connections: number): boolean {
  let last = -1;
  for (const index of indexes) {
    if (index <= last || index >= connections) return false;
    last = index;
  }
  return true;
}
