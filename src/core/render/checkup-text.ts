/** `podpath doctor` for a person: each input with what was looked at, then the commands that would settle what is open. */
import type { Check, Checkup, Command, NextStep, PodCheckup } from "../doctor/checkup.ts";
import type { Report } from "../report/report.ts";
import { safeText } from "./safe-text.ts";
import {
  fold,
  formatCount,
  heading,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
  type TextOptions,
  textLayout,
} from "./text-layout.ts";
import { idList, type TextNames, textNames } from "./text-names.ts";
import { levelPaint, type Paint } from "./text-style.ts";

const LABEL_WIDTH = 9;
const STEPS = 8;

export function* renderCheckupText(
  checkup: Checkup,
  report: Report,
  options: TextOptions,
): Generator<string, void, undefined> {
  const layout = textLayout(options);
  const names = textNames(report, layout);
  const { style } = layout;
  yield* labelled(layout, {
    label: "doctor",
    text: verdictText(checkup),
    indent: 0,
    labelWidth: LABEL_WIDTH,
    paintLabel: style.faint,
    paintText: checkup.verdict === "good" ? style.good : style.warning,
  });
  for (const pod of checkup.pods) yield* renderPod(pod, layout, names);
  for (const { id, file, checks } of checkup.captures) {
    yield* heading(layout, `${id}  ${names.short(file)}`);
    yield* renderChecks(checks, layout, names);
  }
  yield* heading(layout, "ALL CAPTURES");
  yield* renderChecks(checkup.together, layout, names);
  yield* heading(layout, "SNAPSHOT");
  yield* renderChecks(checkup.snapshot.checks, layout, names);
  yield* renderNext(checkup.next, layout, names);
}

function verdictText({ captures, together, snapshot, pods, verdict, verdicts }: Checkup): string {
  const all = [...captures.flatMap(({ checks }) => checks), ...together, ...snapshot.checks];
  const doubts = all.filter(({ status }) => status === "warning" || status === "error").length;
  const hidden = pods.filter((pod) => pod.verdict !== "shown").length;
  const { proven, open } = verdicts;
  const parts = [
    ...(verdict === "good" ? ["these inputs are good enough"] : []),
    ...(doubts > 0 ? [`${plural(doubts, "thing")} could hide an answer`] : []),
    ...(hidden > 0 ? [`${plural(hidden, "pod")} that no capture surely shows`] : []),
    proven + open === 0
      ? "no connection was seen"
      : open === 0
        ? `the paths of all ${plural(proven, "connection")} are proven`
        : `${formatCount(open)} of ${plural(proven + open, "path")} not proven`,
  ];
  return parts.join("; ");
}

function paintOf({ status }: Check, layout: TextLayout): Paint {
  return status === "good" ? layout.style.good : levelPaint(layout.style, status);
}

function* renderChecks(
  checks: readonly Check[],
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  for (const one of checks) {
    const line = (label: string, text: string) =>
      labelled(layout, {
        label,
        text,
        indent: 2,
        labelWidth: LABEL_WIDTH,
        paintLabel: paintOf(one, layout),
      });
    const label = one.status === "good" ? "ok" : one.status.toUpperCase();
    yield* line(label, names.short(one.message));
    if (one.advice !== undefined) yield* line("", names.short(one.advice));
  }
}

const SHOWN_WORDS = {
  all: "shows it",
  part: "shows part",
  elsewhere: "no",
  unknown: "unknown",
} as const;

function* renderPod(
  { pod, node, address, connections, captures, verdict, commands }: PodCheckup,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const { style } = layout;
  const where = node === undefined ? "no list says where it runs" : `runs on ${node}`;
  const at = address === undefined ? "" : ` with ${address}`;
  yield* heading(layout, `POD ${pod}`);
  const line = (label: string, text: string, paintLabel: Paint = style.faint) =>
    labelled(layout, { label, text, indent: 2, labelWidth: LABEL_WIDTH + 2, paintLabel });
  const seen =
    connections === 0
      ? "no connection of it was captured"
      : `${plural(connections, "connection")} of it captured`;
  yield* line("it", names.short(`${where}${at}; ${seen}`));
  for (const { file, shows, because } of captures) {
    const good = shows === "all" || shows === "part";
    yield* line(
      SHOWN_WORDS[shows],
      names.short(`${file}: ${because}`),
      good ? style.good : style.warning,
    );
  }
  if (verdict === "not-shown")
    yield* line(
      "WARNING",
      "no capture was taken where all its packets pass; capture there:",
      style.warning,
    );
  else if (verdict === "unknown")
    yield* line(
      "WARNING",
      "whether a capture shows it cannot be told; this one would:",
      style.warning,
    );
  yield* renderCommands(commands);
}

function* renderNext(
  next: readonly NextStep[],
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  if (next.length === 0) return;
  yield* heading(layout, "WHAT TO CAPTURE NEXT");
  const { shown, hidden } = fold(layout, next, STEPS);
  for (const [i, { decides, connections, commands }] of shown.entries()) {
    yield* labelled(layout, {
      label: `${i + 1}.`,
      text: `${names.short(decides)} (settles ${plural(connections.length, "verdict")}: ${idList(layout, connections, 5)})`,
      indent: 2,
      labelWidth: 4,
      paintLabel: layout.style.strong,
    });
    yield* renderCommands(commands);
  }
  if (hidden > 0) {
    yield* labelled(layout, { label: "", text: moreRemark(hidden), indent: 2, labelWidth: 4 });
  }
}

/** On lines of their own and never broken: they are there to be copied. */
function* renderCommands(commands: readonly Command[]): Generator<string, void, undefined> {
  let last = "";
  for (const { where, command } of commands) {
    if (where !== last) yield `      # ${safeText(where)}\n`;
    last = where;
    yield `      ${safeText(command)}\n`;
  }
}
