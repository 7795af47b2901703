/** The published JSON Schema (draft 2020-12) of the report: docs/report.schema.json is this function's value. */
import { z } from "zod";
import { report } from "./report-schema.ts";

export function reportJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(report, { target: "draft-2020-12" }),
    $id: "urn:podpath:report:1",
    title: "podpath.report/1",
    description: "What podpath found in a set of packet captures. Lists have a stated order.",
  };
}
