import { describe, expect, test } from "vitest";
import { MAX_FINDINGS_PER_RULE } from "../../../src/core/limits.ts";
import { Sightings, SYN, syn } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

describe("one finding for each pair of workloads", () => {
  test("puts a scan of more hosts than anybody reads into one, and loses none", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n1/eth0");
    const hosts = MAX_FINDINGS_PER_RULE + 30;
    for (let host = 0; host < hosts; host++)
      seen.see(
        tap,
        `10.0.1.11:40000 > 203.0.${host >> 7}.${(host & 127) + 1}:80`,
        syn(host + 1, { tcpFlags: SYN, atMs: host }),
      );
    const found = seen.found("syn-unanswered");
    expect(found).toHaveLength(MAX_FINDINGS_PER_RULE + 1);
    expect(found.at(-1)?.identity).toBe("further pairs of workloads");
    expect(found.at(-1)?.connections).toHaveLength(30);
    expect(new Set(found.flatMap(({ connections }) => [...connections])).size).toBe(hosts);
  });
});
