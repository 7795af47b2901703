import { describe, expect, it } from "vitest";
import { parseManifest } from "../../src/node/manifest.ts";

describe("parseManifest", () => {
  it("reads labels by file", async () => {
    const text = `
captures:
  - file: ./a.pcap
    node: n1
  - file: b/c.pcap
    node: n2
    interface: eth1
  - {file: d.pcap, pod: shop/web-1}
`;
    expect([...(await parseManifest(text, "podpath.yaml"))]).toEqual([
      ["a.pcap", { node: "n1" }],
      ["b/c.pcap", { node: "n2", interface: "eth1" }],
      ["d.pcap", { pod: "shop/web-1" }],
    ]);
  });

  it("keeps hostile keys as plain data", async () => {
    const labels = await parseManifest("captures: [{file: __proto__, node: n1}]", "podpath.yaml");
    expect(labels.get("__proto__")).toEqual({ node: "n1" });
    await expect(parseManifest('captures: [{file: a, "__proto__": b}]', "m")).rejects.toThrow();
  });

  it.each([
    ["captures: [", "is not valid YAML"],
    ["", "has no list `captures`"],
    ["captures: []\ncaptures: []", "is not valid YAML (2:1: the same key stands here twice)"],
    ["captures: !!js/function f", "is not valid YAML (1:11: tags are not read)"],
    ["captures:", "has no list `captures`"],
    ["captures: {a: b}", "has no list `captures`"],
    ["captures: [a]", "captures[0] is no mapping"],
    ["captures: [{node: n1}]", "captures[0] has no file"],
    ["captures: [{file: a, nodes: n1}]", "captures[0] has the unknown key nodes"],
    ["captures: [{file: a, node: 7}]", "captures[0].node is no text"],
    ["captures: [{file: a, pod: web}]", "captures[0].pod is not NAMESPACE/NAME"],
  ])("refuses %j", async (text, what) => {
    await expect(parseManifest(text, "dir/podpath.yaml")).rejects.toMatchObject({
      name: "InputError",
      kind: "bad-argument",
      message: expect.stringContaining(`dir/podpath.yaml: ${what}`),
    });
  });
});
