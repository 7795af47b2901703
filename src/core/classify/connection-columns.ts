/** What is asked of every connection, without making any of them: the sums of a report, and what a filter lets through. */
import type { Sequence } from "../sequence.ts";
import type { Classified, Confidence, PathClass } from "./rule.ts";

/** By the connection's index. Nothing is made for an answer: a column is read for millions of connections. */
export interface ConnectionColumns {
  readonly length: number;
  pathClass(index: number): PathClass;
  confidence(index: number): Confidence;
  /** Both directions, each packet once, as `Connection.packets`. */
  packets(index: number): number;
  /** Both directions, each packet once, as `Connection.bytes`. */
  bytes(index: number): number;
  /** Records of all vantage points. */
  records(index: number): number;
  /** As `PathMatch.wouldDecide`. */
  wouldDecide(index: number): string | undefined;
}

/** Columns of connections that have all been made. */
export function columnsOf(classified: Sequence<Classified>): ConnectionColumns {
  const at = (index: number): Classified => {
    const one = classified.at(index);
    if (one === undefined) throw new RangeError(`connection ${index} of ${classified.length}`);
    return one;
  };
  return {
    length: classified.length,
    pathClass: (index) => at(index).verdict.class,
    confidence: (index) => at(index).verdict.confidence,
    packets: (index) => sum(at(index).subject.connection.packets),
    bytes: (index) => sum(at(index).subject.connection.bytes),
    records: (index) =>
      at(index).subject.connection.observations.reduce(
        (total, { orig, resp }) => total + orig.records + resp.records,
        0,
      ),
    wouldDecide: (index) => at(index).verdict.wouldDecide,
  };
}

function sum({ orig, resp }: { readonly orig: number; readonly resp: number }): number {
  return orig + resp;
}
