import { describe, expect, it } from "vitest";
import { firstOrder, isSortKey, type SortKey, sortRows } from "../../src/web/row-order.ts";
import { end, row } from "../support/rows.ts";

const level = (name: string) => [{ id: "f1", rule: "x", level: name }];
const ROWS = [
  row("a", { bytes: 5, places: 1, class: "nlb-ip", firstSeen: "2026-11-20T09:00:02Z" }),
  row("b", { bytes: 50, places: 4, findings: level("warning"), firstSeen: "2026-11-20T09:00:01Z" }),
  row("c", {
    bytes: 5,
    findings: [...level("note"), ...level("error")],
    orig: end("", { kind: "external" }),
  }),
  row("d", { bytes: 7, confidence: "possible", firstSeen: "2026-11-20T09:00:03Z" }),
];

function order(key: SortKey, descending = false): string {
  return sortRows(ROWS, { key, descending })
    .map(({ id }) => id)
    .join("");
}

describe("the table", () => {
  it("stands worst finding first, what is not proven before what is", () => {
    expect(order("worst")).toBe("cbda");
  });

  it.each<readonly [SortKey, boolean, string]>([
    ["time", false, "cbad"],
    ["time", true, "dabc"],
    ["bytes", true, "bdac"],
    ["bytes", false, "acdb"],
    ["class", false, "adbc"],
    ["places", true, "bcda"],
  ])("sorts by %s, descending %s: %s; equals stay as they stood", (key, descending, expected) => {
    expect(order(key, descending)).toBe(expected);
  });

  it("puts ends without a name where their address stands", () => {
    expect(order("from")).toBe("cabd");
  });

  it("begins with the most of a number, and with the least of anything else", () => {
    expect(firstOrder("bytes").descending).toBe(true);
    expect(firstOrder("class").descending).toBe(false);
  });

  it.each(["", "__proto__", "toString", "Bytes"])("%j is nothing to sort by", (text) => {
    expect(isSortKey(text)).toBe(false);
  });
});
