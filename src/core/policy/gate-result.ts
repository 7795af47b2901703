/** The result of the gate, `podpath.check/1`. Types come from the schema. */
import type { z } from "zod";
import type * as schema from "./gate-schema.ts";

export type GateResult = z.infer<typeof schema.gate>;
export type RuleResult = z.infer<typeof schema.ruleResult>;
export type AffectedPath = z.infer<typeof schema.affected>;
export type GateVerdict = GateResult["verdict"];
export type Amount = RuleResult["lookedAt"];
export type Witness = AffectedPath["witnesses"][number];
