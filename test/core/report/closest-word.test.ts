import { expect, it } from "vitest";
import { closestWord } from "../../../src/core/report/closest-word.ts";

const KNOWN = ["snat-egress", "direct-egress", "nlb-ip", "alb-ip", "web"];

it.each([
  ["snat-egres", "snat-egress"],
  ["SNAT-Egress", "snat-egress"],
  ["diretc-egress", "direct-egress"],
  ["nlbip", "nlb-ip"],
  ["wbe", "web"],
  ["zzz", null],
  ["", null],
  ["w".repeat(100_000), null],
])("%j is nearest to %j", (word, expected) => {
  expect(closestWord(word, KNOWN)).toBe(expected);
});
