/** Goal: names that a reader can look up in the registry of link types. Method: some of each kind. */
import { expect, test } from "vitest";
import { linkTypeName } from "../../../src/core/wire/link-type.ts";

test.each([
  [0, "NULL"],
  [1, "ETHERNET"],
  [12, "RAW"],
  [101, "RAW"],
  [113, "LINUX_SLL"],
  [276, "LINUX_SLL2"],
  [127, "IEEE802_11_RADIOTAP"],
  [147, "USER0"],
  [163, "IEEE802_11_AVS"],
  [20000, "LINKTYPE_20000"],
  [65535, "LINKTYPE_65535"],
])("%i is %s", (linkType, name) => {
  expect(linkTypeName(linkType)).toBe(name);
});
