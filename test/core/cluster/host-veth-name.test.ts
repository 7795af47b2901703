import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { vethName } from "../../../src/core/cluster/host-veth-name.ts";
import { sha1Hex } from "../../../src/core/cluster/sha1.ts";

describe("vethName", () => {
  it("gives the name that a real cluster's CNI log shows for a pod", () => {
    const pod = "aws-load-balancer-controller-7857849d69-qc9nr";
    expect(vethName("eni", "kube-system", pod)).toBe("eni25c78048487");
  });
});

describe("sha1Hex", () => {
  it("is SHA-1 for every length around a block's end and for text beyond ASCII", () => {
    const texts = ["", "abc", "é ☃ 𝄞", "\ud800"];
    for (let length = 50; length < 130; length++) texts.push("x".repeat(length));
    for (const text of texts) {
      expect(sha1Hex(text)).toBe(createHash("sha1").update(text, "utf8").digest("hex"));
    }
  });
});
