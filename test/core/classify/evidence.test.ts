/** Goal: a verdict says who is at each end in words that a reader can check. Method: ends of several kinds, one sentence each. */
import { expect, test } from "vitest";
import { oneConnection } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

function sentences(flow: string): string[] {
  const seen = oneConnection(cluster(), [["pod:default/web-a", flow, 64, 62]]);
  return seen
    .classify()
    .classified.flatMap(({ verdict }) => verdict.evidence.map(({ statement }) => statement));
}

test.each([
  ["10.0.2.51:8080", "10.0.2.51 is pod default/api-c on n2"],
  ["10.0.2.10:10250", "10.0.2.10 is node n2, its primary address"],
  ["10.0.0.2:53", "10.0.0.2 is VPC resolver, inside the VPC"],
  ["10.0.9.9:5432", "10.0.9.9 is inside the VPC and belongs to no listed pod or node"],
  ["10.100.0.50:80", "10.100.0.50 is service default/web"],
])("to %s: %s", (to, sentence) => {
  expect(sentences(`10.0.1.11:4000 > ${to}`)).toContain(sentence);
});
