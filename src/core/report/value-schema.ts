/** Values that stand in many places of a report. */
import { z } from "zod";

export const endpoint = z.strictObject({
  address: z.string().describe("IPv4 dotted quad or RFC 5952 IPv6"),
  port: z
    .number()
    .int()
    .nullable()
    .describe(
      "port; ICMP echo: the identifier at both ends; null (connections) or 0 (observations, as conntrack's generic tracker keys them) for protocols without ports",
    ),
});
export const tuple = z.strictObject({ orig: endpoint, resp: endpoint });
export const perDirection = z.strictObject({ orig: z.number().int(), resp: z.number().int() });
export const time = z.string().describe("RFC 3339, UTC, nanoseconds");
