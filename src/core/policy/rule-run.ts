/** One rule on its way over the connections. */
import type { Report, ReportConnection } from "../report/report.ts";
import { type Allowance, byTerm } from "./allowance.ts";
import { classAmong } from "./class-answer.ts";
import { type ConnectionMatch, compileMatch, type PodLabels } from "./connection-match.ts";
import { compileNamed, type FindingsById } from "./forbidden.ts";
import { judgeClientAddress } from "./judge-client-address.ts";
import { judgeNat, type NatShape } from "./judge-nat.ts";
import { judgeEni, judgeNodeLocal, type Places } from "./judge-place.ts";
import { HOLDS, type Judge, type Judgement, open, violates, worst } from "./judgement.ts";
import { asList, type PolicyRule } from "./policy.ts";
import type { ExpectRule, ForbidRule } from "./policy-schema.ts";
import type { RuleTally } from "./rule-tally.ts";

export interface RunFacts {
  readonly labels: PodLabels;
  readonly findings: FindingsById;
  readonly places: Places;
}

export type JudgedRule = Extract<PolicyRule, { kind: "expect" | "forbid" }>;

export class RuleRun {
  readonly rule: JudgedRule;
  readonly tally: RuleTally;
  readonly #match: ConnectionMatch | null;
  readonly #judge: Judge;
  readonly #allowances: readonly Allowance[];

  constructor(
    rule: JudgedRule,
    tally: RuleTally,
    facts: RunFacts,
    allowances: readonly Allowance[],
  ) {
    this.rule = rule;
    this.tally = tally;
    this.#allowances = byTerm(allowances);
    // A selector that stands alone in `forbid` is what must not be there; it limits nothing.
    const isTheMatter = rule.kind === "forbid" && namesNothing(rule.says);
    this.#match = isTheMatter ? null : compileMatch(rule.says.match, facts.labels);
    this.#judge =
      rule.kind === "expect" ? judgeExpected(rule.says, facts) : judgeForbidden(rule.says, facts);
  }

  look(connection: ReportConnection): void {
    const answer = this.#match === null ? "yes" : this.#match(connection);
    if (answer === "no") return;
    this.tally.look(connection, answer === "yes");
    const judgement = this.#judge(connection);
    if (judgement.outcome === "holds") return;
    this.#settle(connection, this.#weaken(judgement, answer === "yes"));
  }

  /** Findings that are about no connection: they are there or not. */
  lookAtWholeRun(report: Report, facts: RunFacts): void {
    if (this.rule.kind !== "forbid" || this.rule.says.match !== undefined) return;
    for (const finding of compileNamed(this.rule.says, facts.findings, facts.places).wholeRun) {
      const isThere = report.findings.some(({ id }) => id === finding.id);
      if (!isThere) continue;
      const allowance = this.#allowances.find((one) =>
        one.coversWholeRun(this.rule.id, finding.id),
      );
      const what = `${finding.rule}: ${finding.message}`;
      allowance?.tally.addWholeRun("excused", what);
      const outcome = outcomeUnder(allowance);
      this.tally.addWholeRun(
        outcome,
        what,
        allowance === undefined ? {} : { allowedBy: allowance.rule.id },
      );
    }
  }

  #weaken(judgement: Judgement, isCertain: boolean): Judgement {
    if (isCertain || judgement.outcome !== "violates") return judgement;
    return open(`${judgement.what}, if it is one of those that the rule is about`);
  }

  #settle(connection: ReportConnection, judgement: Judgement): void {
    if (judgement.outcome === "holds") return;
    const { what, hint = connection.wouldDecide } = judgement;
    const allowance = this.#allowances.find((one) => one.covers(this.rule.id, connection));
    if (allowance === undefined) {
      const isOpen = judgement.outcome === "open" && hint !== undefined;
      this.tally.add(judgement.outcome, what, connection, isOpen ? { hint } : {});
      return;
    }
    allowance.use(connection, what);
    const { id } = allowance.rule;
    const outcome = outcomeUnder(allowance);
    this.tally.add(outcome === "violates" ? judgement.outcome : outcome, what, connection, {
      allowedBy: id,
      ...(outcome === "open" ? { hint: TODAY_HINT } : {}),
    });
  }
}

export const TODAY_HINT = "--today YYYY-MM-DD: whether the exception still holds";

function outcomeUnder(allowance: Allowance | undefined): "violates" | "open" | "excused" {
  if (allowance === undefined || allowance.term === "expired") return "violates";
  return allowance.term === "unknown" ? "open" : "excused";
}

function namesNothing(says: ForbidRule): boolean {
  return (
    says.class === undefined &&
    says.finding === undefined &&
    says.level === undefined &&
    says.overlay === undefined
  );
}

function judgeForbidden(says: ForbidRule, facts: RunFacts): Judge {
  if (namesNothing(says)) {
    const match = compileMatch(says.match, facts.labels);
    return (connection) => {
      const answer = match === null ? "no" : match(connection);
      if (answer === "no") return HOLDS;
      return answer === "yes"
        ? violates("there is such a connection")
        : open("who its ends are is not known");
    };
  }
  const named = compileNamed(says, facts.findings, facts.places);
  return (connection) => {
    const answer = named.of(connection);
    if (answer === "no") return HOLDS;
    if (answer === "yes") return violates(named.wordsFor(connection));
    const { what, hint } = named.doubtAbout(connection);
    return open(what, hint);
  };
}

function judgeExpected(says: ExpectRule, { places }: RunFacts): Judge {
  const judges: Judge[] = [];
  const classes = new Set<string>(asList(says.class));
  if (classes.size > 0) judges.push(judgeClass(classes));
  const shapes = new Set<NatShape>(asList(says.nat));
  if (shapes.size > 0) judges.push(judgeNat(shapes));
  const enis = asList(says.eni);
  if (enis.length > 0) judges.push(judgeEni(enis, places));
  const isLocal = says["node-local"];
  if (isLocal !== undefined) judges.push(judgeNodeLocal(isLocal, places));
  const client = new Set<string>(asList(says["client-address"]));
  if (client.size > 0) judges.push(judgeClientAddress(client, places));
  return (connection) => worst(judges.map((judge) => judge(connection)));
}

function judgeClass(classes: ReadonlySet<string>): Judge {
  return (connection) => {
    const answer = classAmong(connection, classes);
    if (answer === "yes") return HOLDS;
    if (answer === "no") return violates(`it is ${connection.class}`);
    const candidates = (connection.candidates ?? []).join(" or ");
    return open(
      candidates === "" ? "its class is not known" : `it is ${candidates}`,
      connection.wouldDecide,
    );
  };
}
