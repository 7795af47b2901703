import { describe, expect, it } from "vitest";
import { type FilterTerm, filterText, parseFilter, withField } from "../../src/web/filter-query.ts";

function terms(text: string): string[] {
  const { terms: parsed, problem } = parseFilter(text);
  expect(problem).toBeNull();
  return parsed.map(({ field, value, negated }) => `${negated ? "not " : ""}${field}=${value}`);
}

describe("a filter", () => {
  it.each<readonly [string, readonly string[]]>([
    ["", []],
    ["   ", []],
    ["pod:web", ["pod=web"]],
    ["pod=default/web-0", ["pod=default/web-0"]],
    ["ns:kube-system", ["namespace=kube-system"]],
    ["n:default", ["namespace=default"]],
    ["-port:53 !class:link-local", ["not port=53", "not class=link-local"]],
    ["pod:web pod:api", ["pod=web", "pod=api"]],
    ["--pod web --not --port 53", ["pod=web", "not port=53"]],
    ["--pod=web --not dns", ["pod=web", "not word=dns"]],
    ["refused", ["word=refused"]],
    ["-refused", ["not word=refused"]],
    ['"no answer" x', ["word=no answer", "word=x"]],
    ["pod:'my pod'", ["pod=my pod"]],
    ['finding:"open', ["finding=open"]],
    ["10.0.1.11:443", ["word=10.0.1.11:443"]],
    ["fe80::1", ["word=fe80::1"]],
    ["ip:2001:db8::/32", ["ip=2001:db8::/32"]],
    ["web-0:8080", ["word=web-0:8080"]],
    ["결제-서버", ["word=결제-서버"]],
    ["__proto__:x".slice(0, 9), ["word=__proto__"]],
    ["-", ["word=-"]],
  ])("%j means %j", (text, expected) => {
    expect(terms(text)).toEqual(expected);
  });

  it.each(["pod:", "--pod", "-port:", 'pod:""'])("%j means nothing yet", (text) => {
    expect(parseFilter(text)).toEqual({ terms: [], problem: null });
  });

  it.each([
    ["prot:53", "prot: is no field, did you mean port?"],
    ["--prot 53", "prot: is no field, did you mean port?"],
    ["constructor:x", "constructor: is no field"],
    ["pods:web", "pods: is no field, did you mean pod?"],
  ])("%j is refused: a misspelled field must not pass for an answer", (text, problem) => {
    expect(parseFilter(text).problem).toBe(problem);
  });

  it("can be typed again", () => {
    for (const text of ["pod:web -port:53", "-refused", '"no answer" class:nlb-ip', "'a \"b'"]) {
      const once = parseFilter(text).terms;
      expect(parseFilter(filterText(once)).terms).toEqual(once);
    }
  });

  it("takes one choice of a field in place of the others", () => {
    const before = parseFilter("class:nlb-ip -class:external pod:web").terms;
    expect(filterText(withField(before, "class", "clb"))).toBe("-class:external pod:web class:clb");
    expect(filterText(withField(before, "class", null))).toBe("-class:external pod:web");
  });

  it("of any characters is read without an exception", () => {
    const pieces = ['"', "'", ":", "-", "!", "--", " ", "pod", "=", "\u0000", "\ud800", "a"];
    for (let i = 0; i < pieces.length ** 4; i++) {
      let text = "";
      for (let left = i, n = 0; n < 4; n++, left = Math.floor(left / pieces.length))
        text += pieces[left % pieces.length];
      const { terms: parsed } = parseFilter(text);
      for (const { value } of parsed as readonly FilterTerm[]) expect(value).not.toBe("");
    }
  });
});
