/** Where a time axis has its marks, and what stands there. */

export interface TimeTick {
  readonly seconds: number;
  readonly text: string;
}

const UNITS = [
  { seconds: 86_400, name: "d", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
  { seconds: 3600, name: "h", steps: [1, 2, 3, 6, 12] },
  { seconds: 60, name: "min", steps: [1, 2, 5, 10, 15, 30] },
  { seconds: 1, name: "s", steps: [1, 2, 5, 10, 15, 30] },
  { seconds: 1e-3, name: "ms", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
  { seconds: 1e-6, name: "µs", steps: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
] as const;

/** Round times from 0 to `span`, at most `most` steps apart. */
export function timeTicks(span: number, most: number): TimeTick[] {
  const choices = UNITS.toReversed().flatMap(({ seconds, name, steps }) =>
    steps.map((step) => ({ unit: seconds, name, step })),
  );
  const last = choices.at(-1);
  const choice = choices.find(({ unit, step }) => span / (unit * step) <= most) ?? last;
  if (choice === undefined) return [];
  const { unit, name } = choice;
  // Beyond the longest step there is no round one: as many days as it takes.
  const step = Math.max(choice.step, Math.ceil(span / unit / most));
  const ticks: TimeTick[] = [];
  for (let i = 0; i * step * unit <= span * (1 + 1e-9) && i <= most; i++) {
    ticks.push({ seconds: i * step * unit, text: `${i * step} ${name}` });
  }
  return ticks;
}
