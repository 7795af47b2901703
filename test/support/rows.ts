/** Rows of the table of connections, for tests of the page's script. */
import type { EndFacts, RowFacts } from "../../src/core/render/html/row-facts.ts";

export function end(name: string, more: Partial<EndFacts> = {}): EndFacts {
  return {
    kind: name === "" ? "external" : "pod",
    namespace: name === "" ? "" : "default",
    name,
    port: 0,
    workload: "",
    dnsNames: [],
    ...more,
  };
}

export function row(id: string, more: Partial<RowFacts> = {}): RowFacts {
  return {
    id,
    class: "pod-to-pod-direct",
    confidence: "proven",
    protocol: "tcp",
    state: "closed",
    orig: end("web-0"),
    resp: end("api-0"),
    addresses: ["10.0.1.11", "10.0.2.22"],
    ports: [40_000, 8080],
    nodes: ["n1"],
    findings: [],
    bytes: 100,
    places: 2,
    firstSeen: "2026-11-20T09:00:00.000000000Z",
    ...more,
  };
}
