/** Goal: text from anybody becomes plain data with places, or a problem with a place. Never an exception, never a hang. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readYaml, type YamlPath } from "../../../src/core/yaml/read-yaml.ts";
import { writeYaml } from "../../../src/core/yaml/write-yaml.ts";

const POLICY = `# a comment
forbid:
  - finding: overlay-encapsulation
    severity: error
  - {class: [pod-to-pod-nat, clb]}
`;

function place(path: YamlPath): readonly [line: number, column: number] {
  const { text } = readYaml(POLICY);
  const { line, column } = text!.placeOf(path);
  return [line, column];
}

describe("readYaml", () => {
  it("gives plain data and says where each value stands", () => {
    expect(readYaml(POLICY).text?.value).toEqual({
      forbid: [
        { finding: "overlay-encapsulation", severity: "error" },
        { class: ["pod-to-pod-nat", "clb"] },
      ],
    });
    expect(place(["forbid", 0, "finding"])).toEqual([3, 14]);
    expect(place(["forbid", 1])).toEqual([5, 5]);
    expect(place(["forbid", 1, "class", 1])).toEqual([5, 30]);
  });

  it("gives the place of what is there when the path leads on to what is not", () => {
    expect(place(["forbid", 0, "reason"])).toEqual([3, 5]);
    expect(place(["allow", 7])).toEqual([2, 1]);
  });

  it("tells a key's place from its value's", () => {
    const { text } = readYaml(POLICY);
    expect(text?.placeOfKey(["forbid", 0, "severity"])).toEqual({ line: 4, column: 5 });
  });

  it.each([
    ["a: [", 1, 5, /./],
    ["a: 1\nb: 2\na: 3", 3, 1, /same key/],
    ["a: !!js/function x", 1, 4, /tags/],
    ["a: !mine {b: 1}", 1, 4, /tags/],
    ["a: 1\n---\nb: 2", 2, 1, /one document/],
    ["a: *nobody", 1, 4, /./],
    ["a: \tb: c", 1, 4, /./],
  ])("refuses %j with a place", (source, line, column, message) => {
    const { problem } = readYaml(source);
    expect(problem).toMatchObject({ line });
    expect(problem!.column, problem!.message).toBeGreaterThanOrEqual(Math.min(column, 1));
    expect(problem!.message).toMatch(message);
  });

  it("refuses aliases that multiply", () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let i = 0; i < 8; i++) {
      const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
      levels.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(", ")}]`);
    }
    expect(readYaml(levels.join("\n")).problem?.message).toMatch(/aliases/);
  });

  it("refuses brackets that would end the stack", () => {
    expect(readYaml("[".repeat(200_000)).problem).toBeDefined();
    expect(readYaml("- ".repeat(50_000)).problem).toBeDefined();
  });

  it("keeps a key named __proto__ as data", () => {
    const value = readYaml("__proto__: {polluted: true}").text?.value as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (source) => {
        const { text, problem } = readYaml(source);
        expect((text === undefined) !== (problem === undefined)).toBe(true);
        if (problem !== undefined) expect(problem.message.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe("writeYaml", () => {
  it("is read back as it was, whatever the strings", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.string(), on: fc.boolean(), n: fc.integer() })),
        (paths) => {
          const written = writeYaml({ paths });
          expect(readYaml(written).text?.value).toEqual({ paths });
        },
      ),
    );
  });
});
