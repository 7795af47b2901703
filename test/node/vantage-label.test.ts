import { describe, expect, it } from "vitest";
import { parseLabel } from "../../src/node/vantage-label.ts";

describe("parseLabel", () => {
  it.each([
    ["n1", { node: "n1" }],
    ["ip-10-0-1-5.eu-west-1.compute.internal", { node: "ip-10-0-1-5.eu-west-1.compute.internal" }],
    ["n1/eth0", { node: "n1", interface: "eth0" }],
    ["n1/eth0.100@if3", { node: "n1", interface: "eth0.100@if3" }],
    ["pod:kube-system/coredns-5d78c9869d-abcde", { pod: "kube-system/coredns-5d78c9869d-abcde" }],
  ])("reads %s", (text, label) => {
    expect(parseLabel(text)).toEqual(label);
  });

  it.each([
    "",
    "/eth0",
    "n1/",
    "n1/a/b",
    "n1/a b",
    "a b",
    "-n1",
    "pod:",
    "pod:a",
    "pod:a/b/c",
    "pod:/b",
  ])("refuses %j", (text) => {
    expect(parseLabel(text)).toBeNull();
  });
});
