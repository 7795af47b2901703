import { describe, expect, it } from "vitest";
import { pathLine } from "../../../src/core/explain/path-line.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { readText } from "../../support/repository.ts";

function lineOf(sample: string, id: string): string {
  const report = JSON.parse(readText(`samples/${sample}/expected.report.json`)) as Report;
  const connection = [...report.connections].find((one) => one.id === id);
  if (connection === undefined) throw new Error(`no ${id}`);
  return pathLine(report, connection).replaceAll(".ap-northeast-2.compute.internal", "");
}

describe("a path as one line", () => {
  it("shows what was captured, the rewrite on the hop, and what was not captured", () => {
    expect(lineOf("snat-egress", "conn-1")).toBe(
      "default/netshoot-pod-7757d5dd99-9dr8p --> (1) ip-192-168-1-5/enic4e6f1dba14 --> " +
        "[SNAT 192.168.1.5:39483] --> (2) ip-192-168-1-5/eth0 ..> 203.0.113.10:80",
    );
  });

  it("shows both halves of a rewrite of both ends", () => {
    expect(lineOf("nlb-instance", "conn-1")).toContain(
      " --> [SNAT 192.168.1.5:30109 DNAT 192.168.2.60:8080] --> ",
    );
  });

  it("begins and ends at pods whose own interfaces were captured", () => {
    expect(lineOf("pod-to-pod", "conn-2")).toMatch(/^default\/\S+ --> \(1\) .* --> default\/\S+$/);
  });

  it("ends at a node where one of its interfaces was captured", () => {
    expect(lineOf("overlay-vxlan", "conn-1")).toBe(
      "ip-192-168-1-5 --> (1) ip-192-168-1-5/eth0 --> (2) ip-192-168-2-16/eth0 --> ip-192-168-2-16",
    );
  });
});
