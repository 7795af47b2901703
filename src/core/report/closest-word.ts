/** "Did you mean": the known word that a mistyped one comes nearest to. */

/** Words longer than this are compared by their beginning: nobody mistypes a megabyte. */
const LONGEST = 80;
/** Candidates beyond this are not looked at; a hint is not worth a second of waiting. */
const MOST_CANDIDATES = 5_000;

/** The nearest candidate within a third of the word's length, the first of equals; null when none is near. */
export function closestWord(word: string, candidates: readonly string[]): string | null {
  const typed = word.slice(0, LONGEST).toLowerCase();
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
    const distance = editDistance(typed, candidate.slice(0, LONGEST).toLowerCase());
    if (distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** Optimal string alignment (Damerau 1964): insertions, deletions, substitutions and swaps of neighbours cost 1. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
