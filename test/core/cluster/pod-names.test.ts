import { describe, expect, it } from "vitest";
import { podsNamed } from "../../../src/core/cluster/pod-names.ts";

const PODS = ["default/web-1", "default/web-10", "shop/web-1", "shop/api-0"].map((text) => {
  const [namespace = "", name = ""] = text.split("/");
  return { namespace, name };
});
const named = (asked: string) =>
  podsNamed(PODS, asked).map((pod) => `${pod.namespace}/${pod.name}`);

describe("a pod's name", () => {
  it.each([
    ["web-1", ["default/web-1", "shop/web-1"]],
    ["default/web-1", ["default/web-1"]],
    ["web-10", ["default/web-10"]],
    ["web", ["default/web-1", "default/web-10", "shop/web-1"]],
    ["shop/w", ["shop/web-1"]],
    ["nobody", []],
    ["shop/", []],
    ["", []],
    ["/web-1", []],
  ])("%j", (asked, expected) => {
    expect(named(asked)).toEqual(expected);
  });
});
