/** Three values: what was seen settles it one way or the other, or leaves it open. */
export type Answer = "yes" | "no" | "maybe";

/** Yes when any is, no when all are. */
export function anyOf(answers: Iterable<Answer>): Answer {
  let result: Answer = "no";
  for (const answer of answers) {
    if (answer === "yes") return "yes";
    if (answer === "maybe") result = "maybe";
  }
  return result;
}

/** No when any is, yes when all are. */
export function allOf(answers: Iterable<Answer>): Answer {
  let result: Answer = "yes";
  for (const answer of answers) {
    if (answer === "no") return "no";
    if (answer === "maybe") result = "maybe";
  }
  return result;
}

export function answerOf(holds: boolean): Answer {
  return holds ? "yes" : "no";
}
