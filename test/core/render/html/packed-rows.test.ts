import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packRows, unpackRows } from "../../../../src/core/render/html/packed-rows.ts";
import type { RowFacts } from "../../../../src/core/render/html/row-facts.ts";
import { row } from "../../../support/rows.ts";

const word = fc.oneof(fc.string(), fc.constantFrom("__proto__", "", "constructor", "\ud800"));
const end = fc.record({
  kind: word,
  namespace: word,
  name: word,
  port: fc.nat(65_535),
  workload: word,
  dnsNames: fc.array(word, { maxLength: 4 }),
});
const rows: fc.Arbitrary<RowFacts[]> = fc.array(
  fc.record({
    id: word,
    class: word,
    confidence: word,
    protocol: word,
    state: word,
    orig: end,
    resp: end,
    addresses: fc.array(word),
    ports: fc.array(fc.nat(65_535)),
    nodes: fc.array(word),
    findings: fc.array(fc.record({ id: word, rule: word, level: word })),
    bytes: fc.nat(),
    places: fc.nat(),
    firstSeen: word,
  }),
);

describe("packed rows", () => {
  it("come back as they were, through JSON", () => {
    fc.assert(
      fc.property(rows, (facts) => {
        expect(unpackRows(JSON.parse(JSON.stringify(packRows(facts))))).toEqual(facts);
      }),
    );
  });

  it("hold every text once: five thousand rows with few names are small", () => {
    const facts = Array.from({ length: 5_000 }, (_, i) => row(`conn-${i}`, { bytes: i }));
    expect(JSON.stringify(packRows(facts)).length).toBeLessThan(5_000 * 100);
  });
});
