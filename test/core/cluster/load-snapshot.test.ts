import { describe, expect, it } from "vitest";
import { emptySnapshot } from "../../../src/core/cluster/snapshot.ts";
import { MAX_SNAPSHOT_FILE_BYTES } from "../../../src/core/limits.ts";
import { kubeList, kubeNode, kubePod, load, loadText } from "./load-text.ts";

const NODES = kubeList(
  kubeNode("ip-10-0-1-10.ec2.internal", "10.0.1.10", "i-0aaa"),
  kubeNode("ip-10-0-2-10.ec2.internal", "10.0.2.10", "i-0bbb"),
);
const PODS = kubeList(
  kubePod({ name: "a", ip: "10.0.1.11", node: "ip-10-0-1-10.ec2.internal" }),
  kubePod({ name: "b", ip: "10.0.2.11", node: "ip-10-0-2-10.ec2.internal" }),
);

describe("loadSnapshot", () => {
  it("of nothing is the empty snapshot, except for what is missing", () => {
    const { snapshot, codes } = load({});
    expect({ ...snapshot, missing: [] }).toEqual(emptySnapshot());
    expect(snapshot.missing).toContain("kubectl get pods -A -o json");
    expect(codes).toEqual([]);
  });

  it("names file and line of broken JSON and uses all other files", () => {
    const { snapshot, diagnostics } = load({
      "pods.json": PODS,
      "nodes.json": '{"items": [\n  {,\n]}',
    });
    expect(snapshot.pods).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      {
        code: "snapshot.json-syntax",
        severity: "error",
        first: { file: "nodes.json", line: 2 },
        message: "nodes.json, line 2, column 4: a member name in double quotes expected",
      },
    ]);
  });

  it("says so when a file is nothing it knows, empty, or YAML", () => {
    const { diagnostics } = load({
      "notes.md": "# Notes\n\nSome words here.\n",
      "empty.txt": " \n",
      "list.json": "[]",
      "other.json": '{"hello": "world"}',
      "pods.yaml": "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n",
    });
    expect(diagnostics.map(({ code, first }) => [first.file, code])).toEqual([
      ["notes.md", "snapshot.not-recognised"],
      ["empty.txt", "snapshot.empty-file"],
      ["list.json", "snapshot.empty-file"],
      ["other.json", "snapshot.not-recognised"],
      ["pods.yaml", "snapshot.yaml-not-read"],
    ]);
    expect(diagnostics.at(-1)?.hint).toContain("-o json");
  });

  it("does not read a file that is too large", () => {
    const { codes } = loadText("x".repeat(MAX_SNAPSHOT_FILE_BYTES + 1));
    expect(codes).toEqual(["snapshot.file-too-large"]);
  });

  it("is the same with CRLF line ends and a byte order mark", () => {
    const windows = `\uFEFF${JSON.stringify(JSON.parse(PODS), null, 2).replaceAll("\n", "\r\n")}`;
    expect(loadText(windows).snapshot.pods).toEqual(loadText(PODS).snapshot.pods);
  });

  it("is never stopped by deep, endless or garbled input", () => {
    const samples = [
      "[".repeat(100_000),
      `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
      `{"kind":"List","apiVersion":"v1","items":[${'{"kind":"List","apiVersion":"v1","items":['.repeat(5000)}${"]}".repeat(5001)}`,
      `${" src=".repeat(200_000)}`,
      `${"src=x dst=y ".repeat(100_000)}\n`,
      `NAME READY STATUS RESTARTS AGE IP NODE\n${"(".repeat(100_000)}${" ".repeat(100_000)}`,
      `  Image: amazon-k8s-cni:1\n  Environment:\n   A: ${" ".repeat(100_000)}x`,
      `-A X --comment "${"\\".repeat(100_001)}`,
      `-A X ${"! ".repeat(50_000)}`,
      "1: a: <> mtu 1\n".repeat(1000),
      `${String.fromCharCode(27)}]`.repeat(50_000),
      `${"::".repeat(50_000)} dev x`,
      `\u0000\u0001\uFFFF${"\uD800".repeat(1000)}`,
    ];
    for (const text of samples) expect(() => loadText(text)).not.toThrow();
  });

  it("prefers JSON to a table and reports an address on which they differ", () => {
    const table = `NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE
default a 1/1 Running 0 1d 10.0.1.99 ip-10-0-1-10.ec2.internal
default c 1/1 Running 0 1d 10.0.1.13 ip-10-0-1-10.ec2.internal
`;
    const { snapshot, diagnostics } = load({ table, pods: PODS });
    expect(snapshot.pods.map((pod) => [pod.name, pod.addresses[0]])).toEqual([
      ["a", "10.0.1.11"],
      ["b", "10.0.2.11"],
      ["c", "10.0.1.13"],
    ]);
    expect(diagnostics).toMatchObject([
      { code: "snapshot.conflict", first: { file: "table", line: 2 } },
    ]);
  });

  it("reports an address that two running pods, or a pod and a node, claim", () => {
    const same = kubeList(
      kubePod({ name: "a", ip: "10.0.1.11" }),
      kubePod({ name: "b", ip: "10.0.1.11" }),
      kubePod({ name: "c", ip: "10.0.1.10" }),
      kubePod({ name: "gone", ip: "10.0.2.10", phase: "Succeeded" }),
      kubePod({ name: "daemon", ip: "10.0.2.10", hostNetwork: true }),
    );
    const { diagnostics } = load({ same, nodes: NODES });
    expect(diagnostics).toMatchObject([
      {
        code: "snapshot.conflict",
        count: 2,
        message: "10.0.1.11 is claimed by default/a and default/b",
      },
    ]);
  });

  it("reports a pod whose address is on another node's ENI: one of the two lists is stale", () => {
    const enis = JSON.stringify({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: "eni-1",
          PrivateIpAddress: "10.0.2.10",
          PrivateIpAddresses: [
            { PrivateIpAddress: "10.0.2.10" },
            { PrivateIpAddress: "10.0.1.11" },
          ],
          Attachment: { InstanceId: "i-0bbb", DeviceIndex: 0 },
        },
      ],
    });
    const { diagnostics } = load({ PODS, NODES, enis });
    expect(diagnostics).toMatchObject([{ code: "snapshot.conflict", first: { file: "PODS" } }]);
  });

  it("lists what is missing, node by node, or in numbers when it is many", () => {
    const rule = "0:\tfrom all lookup local\n512:\tfrom all to 10.0.1.11 lookup main\n";
    const { snapshot } = load({ NODES, PODS, rule });
    expect(snapshot.missing).toContain("ip rule of ip-10-0-2-10.ec2.internal");
    expect(snapshot.missing).toContain(
      "iptables-save of ip-10-0-1-10.ec2.internal, ip-10-0-2-10.ec2.internal",
    );
    const many = kubeList(
      ...Array.from({ length: 9 }, (_, i) => kubeNode(`n${i}`, `10.0.3.${i}`, `i-0${i}`)),
    );
    expect(load({ many }).snapshot.missing).toContain("conntrack -L of 9 of 9 nodes");
  });
});

describe("which node a node file is of", () => {
  const because = (files: Record<string, string>, file: string): (string | undefined)[] => {
    const source = load(files).snapshot.sources.find((one) => one.file === file);
    return [source?.node, source?.nodeBecause];
  };
  const A = "ip-10-0-1-10.ec2.internal";
  const B = "ip-10-0-2-10.ec2.internal";
  const addr = (ip: string, mac = "02:00:00:00:00:01"): string =>
    `2: eth0: <UP> mtu 9001\n    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n    inet ${ip}/24 scope global eth0\n`;

  it("is told by its addresses", () => {
    expect(because({ NODES, x: addr("10.0.2.10") }, "x")).toEqual([
      B,
      `its addresses are those of ${B}`,
    ]);
  });

  it("is told by the MAC address of its ENI, on a node table without instance ids", () => {
    const enis = JSON.stringify({
      NetworkInterfaces: [
        {
          NetworkInterfaceId: "eni-1",
          PrivateIpAddress: "10.0.1.10",
          Attachment: { InstanceId: "i-0aaa" },
        },
        {
          NetworkInterfaceId: "eni-2",
          PrivateIpAddress: "10.0.1.20",
          MacAddress: "02:00:00:00:00:22",
          Attachment: { InstanceId: "i-0aaa", DeviceIndex: 1 },
        },
      ],
    });
    const nodes = `NAME STATUS ROLES AGE VERSION INTERNAL-IP EXTERNAL-IP\n${A} Ready <none> 1d v1 10.0.1.10 <none>\n`;
    const link = "3: eth1: <UP> mtu 9001\n    link/ether 02:00:00:00:00:22 brd ff:ff:ff:ff:ff:ff\n";
    expect(because({ nodes, enis, link }, "link")[0]).toBe(A);
  });

  it("is told by a host name, a local route, the source that it rewrites to", () => {
    expect(because({ NODES, x: "ip-10-0-2-10\n" }, "x")).toEqual([B, "it says so"]);
    const route = "local 10.0.1.10 dev eth0 table local proto kernel scope host src 10.0.1.10\n";
    expect(because({ NODES, x: route }, "x")[0]).toBe(A);
    const snat = "*nat\n-A AWS-SNAT-CHAIN-0 -j SNAT --to-source 10.0.2.10\nCOMMIT\n";
    expect(because({ NODES, x: snat }, "x")[0]).toBe(B);
  });

  it("is told by the pods that its rules, neighbours and connections are about", () => {
    const rule = "512:\tfrom all to 10.0.2.11 lookup main\n";
    expect(because({ NODES, PODS, x: rule }, "x")[0]).toBe(B);
    const neigh = "10.0.1.11 dev eni0123456789a lladdr 02:00:00:00:00:99 REACHABLE\n";
    expect(because({ NODES, PODS, x: neigh }, "x")[0]).toBe(A);
    const egress =
      "tcp 6 9 ESTABLISHED src=10.0.2.11 dst=8.8.8.8 sport=1 dport=2 src=8.8.8.8 dst=10.0.2.10 sport=2 dport=1\n";
    expect(because({ NODES, PODS, x: egress }, "x")[0]).toBe(B);
  });

  it("is left open when its entries are about two nodes alike", () => {
    const between =
      "tcp 6 9 ESTABLISHED src=10.0.1.11 dst=10.0.2.11 sport=1 dport=2 src=10.0.2.11 dst=10.0.1.11 sport=2 dport=1\n";
    const { snapshot, codes } = load({ NODES, PODS, x: between });
    expect(snapshot.nodeStates).toMatchObject([{ node: null, conntrack: [{ protocol: "tcp" }] }]);
    expect(codes).toEqual(["snapshot.node-not-known"]);
    // Unless a file that is named like it is known.
    const files = { NODES, PODS, "d/n-b.conntrack-L.txt": between };
    expect(
      because({ ...files, "d/n-b.ip-addr.txt": addr("10.0.2.10") }, "d/n-b.conntrack-L.txt"),
    ).toEqual([B, "it is named like d/n-b.ip-addr.txt"]);
    // Or its folder is named after the node, and not after one whose name begins alike.
    expect(
      because({ NODES, "ip-10-0-1-10/conntrack.txt": between }, "ip-10-0-1-10/conntrack.txt"),
    ).toEqual([A, "its path names the node"]);
    expect(
      because({ NODES, "ip-10-0-1-100/c.txt": between }, "ip-10-0-1-100/c.txt")[0],
    ).toBeUndefined();
  });

  it("keeps the files of two unknown nodes apart", () => {
    const { snapshot } = load({
      "n1/ip-addr.txt": addr("10.9.0.1"),
      "n1/ip-rule.txt": "0:\tfrom all lookup local\n",
      "n2/ip-addr.txt": addr("10.9.0.2"),
    });
    expect(snapshot.nodeStates.map((one) => [one.interfaces.length, one.rules.length])).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });
});
