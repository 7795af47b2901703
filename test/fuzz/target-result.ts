/** What a run of the child comes to. */
export interface TargetResult {
  readonly cases: number;
  /** The first thing that must not be; the run ends with it. */
  readonly finding: TargetFinding | null;
  readonly summary: string;
}

export interface TargetFinding {
  readonly caseNumber: number;
  /** Message and stack. */
  readonly what: string;
}
