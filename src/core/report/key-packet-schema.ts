/** A packet of an observation that tells its story; a part of report-schema.ts. */
import { z } from "zod";

export const keyPacket = z.strictObject({
  side: z.enum(["orig", "resp"]).describe("who sent it"),
  record: z.number().int(),
  is: z
    .array(z.enum(["first", "syn", "syn-ack", "retransmission", "zero-window", "reset", "last"]))
    .describe("retransmission, zero-window, reset: the first such packet of its direction"),
  time: z
    .string()
    .optional()
    .describe("RFC 3339, as captured; known of the first and last of each direction"),
});
