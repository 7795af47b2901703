// Baselines of other people hold these values: they must never change.
import { expect, it } from "vitest";
import { fingerprint } from "../../../src/core/report/fingerprint.ts";

it("is FNV-1a 64 over UTF-16LE, checked against values computed apart", () => {
  expect(fingerprint("", "")).toBe("08328807b4eb6fed");
  expect(fingerprint("overlay-encapsulation", "vxlan 1")).toBe("65006812feb38950");
  expect(fingerprint("double-nat", "a")).not.toBe(fingerprint("double-nata", ""));
  expect(fingerprint("r", "\ud800")).toMatch(/^[0-9a-f]{16}$/);
});
