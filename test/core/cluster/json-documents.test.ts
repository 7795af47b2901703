import { describe, expect, it } from "vitest";
import { parseJsonDocuments } from "../../../src/core/cluster/json-documents.ts";
import { findJsonSyntaxError } from "../../../src/core/cluster/json-syntax.ts";

function roots(text: string): unknown[] {
  return parseJsonDocuments(text).documents.map((document) => document.root.raw);
}

describe("parseJsonDocuments", () => {
  it("reads one document, several, and one per line", () => {
    expect(roots('{"a":1}')).toEqual([{ a: 1 }]);
    expect(roots('{"a":1}\n{\n  "a": "}{"\n}\n[{"b":2}]')).toEqual([
      { a: 1 },
      { a: "}{" },
      [{ b: 2 }],
    ]);
  });

  it("says on which line each of several documents starts", () => {
    const { documents } = parseJsonDocuments('{"a":1}\n\n{\n"b":2\n}');
    expect(documents.map(({ line, oneOfSeveral }) => ({ line, oneOfSeveral }))).toEqual([
      { line: 1, oneOfSeveral: true },
      { line: 3, oneOfSeveral: true },
    ]);
  });

  it("passes over prompts, even those in brackets", () => {
    expect(roots('[root@n1 ~]# ip -j addr\n[{"ifindex":1}]\n$ kubectl get x\n{"a":1}\n')).toEqual([
      [{ ifindex: 1 }],
      { a: 1 },
    ]);
  });

  it("names line and column of an error and keeps the other documents", () => {
    const { documents, errors } = parseJsonDocuments('{"a":1}\n{\n  "b": 2,\n}\n{"c":3}');
    expect(documents.map((document) => document.root.raw)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(errors).toEqual([
      { line: 4, column: 1, message: "a member name in double quotes expected" },
    ]);
  });

  it("says that a cut document ends too early", () => {
    const { errors } = parseJsonDocuments('{"items": [\n  {"kind": "Po');
    expect(errors).toEqual([
      { line: 2, column: 15, message: "the text ends in the middle of a string" },
    ]);
  });

  it("survives nesting that would exhaust a stack", () => {
    const deep = "[".repeat(100_000);
    expect(parseJsonDocuments(deep).errors).toHaveLength(1);
    expect(() => parseJsonDocuments(deep + "]".repeat(100_000))).not.toThrow();
  });

  it("takes one look at a string of a million backslashes and at a million open quotes", () => {
    const text = `{"a": "${"\\\\".repeat(500_000)}`;
    expect(parseJsonDocuments(text).errors).toHaveLength(1);
    expect(parseJsonDocuments(`{${'"'.repeat(1_000_001)}`).errors).toHaveLength(1);
  });
});

describe("findJsonSyntaxError", () => {
  it("agrees with JSON.parse about what is correct", () => {
    const samples = [
      "{}",
      "[]",
      "[1,]",
      "[1 2]",
      '{"a":}',
      '{"a" 1}',
      "{a:1}",
      "01",
      "-",
      "1e5",
      "1.",
      "nul",
      "true false",
      '"\\x"',
      '"\\u12g4"',
      '"a\nb"',
      '"\\uD800"',
      ' {"a":[{"b":null}]} ',
      "",
      "]",
      '{"a":1]',
      '["\\"]',
    ];
    for (const text of samples) {
      let isCorrect = true;
      try {
        JSON.parse(text);
      } catch {
        isCorrect = false;
      }
      expect({ text, isCorrect: findJsonSyntaxError(text) === null }).toEqual({ text, isCorrect });
    }
  });
});
