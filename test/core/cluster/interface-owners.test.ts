import { describe, expect, it } from "vitest";
import { vethName } from "../../../src/core/cluster/host-veth-name.ts";
import { buildInterfaceOwners } from "../../../src/core/cluster/interface-owners.ts";
import { kubeList, kubeNode, kubePod, load } from "./load-text.ts";

const NODES = kubeList(kubeNode("a", "10.0.1.10", "i-0a"), kubeNode("b", "10.0.2.10", "i-0b"));
const PODS = kubeList(
  kubePod({ name: "web", ip: "10.0.1.11", node: "a" }),
  kubePod({ name: "api", ip: "10.0.2.11", node: "b" }),
);
const owners = buildInterfaceOwners(
  load({
    NODES,
    PODS,
    "a.addr": "2: eth0: <UP> mtu 9001\n    inet 10.0.1.10/24 scope global eth0\n",
    "a.route": `local 10.0.1.10 dev eth0 table local scope host src 10.0.1.10
10.0.1.11 dev veth0 scope link
10.0.2.11 dev eth0 scope link
`,
  }).snapshot,
);

describe("podOf", () => {
  it("knows a pod by the node's route to it", () => {
    expect(owners.podOf("a", "veth0")).toMatchObject({
      pod: { name: "web" },
      because: "its route leads to 10.0.1.11",
      ref: { file: "a.route", line: 2 },
    });
  });

  it("knows a pod by the name that the CNI makes, with or without the node", () => {
    const name = vethName("eni", "default", "api");
    expect(owners.podOf("b", name)?.pod.name).toBe("api");
    expect(owners.podOf(null, name)?.pod.name).toBe("api");
    expect(owners.podOf("a", name)).toBeNull();
  });

  it("takes no ENI for the veth of another node's pod, and knows nothing of unknown names", () => {
    expect(owners.podOf("a", "eth0")).toBeNull();
    expect(owners.podOf(null, "veth0")).toBeNull();
  });
});
