/** The result of a comparison, `podpath.diff/1`. Types come from the schema. */
import type { z } from "zod";
import type * as schema from "./diff-schema.ts";

export type DiffResult = z.infer<typeof schema.diff>;
export type DiffChange = z.infer<typeof schema.change>;
export type SeenPath = z.infer<typeof schema.seenPath>;
