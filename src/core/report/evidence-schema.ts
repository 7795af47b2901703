/** A sentence of the report with the packets and snapshot entries that show it; a part of report-schema.ts. */
import { z } from "zod";

const packetRef = z.strictObject({
  capture: z.string(),
  record: z.number().int().describe("1-based, as Wireshark numbers frames"),
});
const snapshotRef = z.strictObject({
  file: z.string(),
  line: z.number().int().optional(),
  pointer: z.string().optional().describe("JSON pointer, RFC 6901"),
});
export const evidence = z.strictObject({
  statement: z.string(),
  packets: z.array(packetRef),
  snapshot: z.array(snapshotRef),
});
