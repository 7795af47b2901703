/** The published JSON Schemas (draft 2020-12) of what people write for the gate and of what it answers. */
import { z } from "zod";
import { baseline } from "./baseline-schema.ts";
import { diff } from "./diff-schema.ts";
import { gate } from "./gate-schema.ts";
import { policy } from "./policy-schema.ts";

export type PolicySchemaName = "policy" | "baseline" | "check" | "diff";

const DESCRIPTIONS: Readonly<Record<PolicySchemaName, string>> = {
  policy: "What a podpath policy expects, forbids and allows. Unknown keys are errors.",
  baseline: "The paths between workloads that are known.",
  check: "What podpath check found.",
  diff: "How two reports differ.",
};

/** docs/policy.schema.json is this function's value for "policy". */
export function policyJsonSchema(name: PolicySchemaName): Record<string, unknown> {
  const schema = { policy, baseline, check: gate, diff }[name];
  return {
    ...z.toJSONSchema(schema, { target: "draft-2020-12" }),
    $id: `urn:podpath:${name}:1`,
    title: `podpath.${name}/1`,
    description: DESCRIPTIONS[name],
  };
}
