import { describe, expect, it } from "vitest";
import { load, loadText } from "./load-text.ts";

const NODE = "ip-10-0-1-10.ap-northeast-2.compute.internal";
const PODS = `NAMESPACE     NAME                      READY   STATUS      RESTARTS       AGE     IP           NODE                                            NOMINATED NODE   READINESS GATES
default       web-a-7c9d8b6f5-x2x4q     1/1     Running     0              3d2h    10.0.1.11    ${NODE}    <none>           <none>
default       web-b-7c9d8b6f5-k9p2m     2/2     Running     2 (103s ago)   3d2h    10.0.1.21    ${NODE}    <none>           1/1
default       migrate-28371-abcde       0/1     Completed   0              26h     10.0.1.14    ${NODE}    <none>           <none>
default       pending-0                 0/1     Pending     0              5s      <none>       <none>                                          <none>           <none>
kube-system   aws-node-l2twq            2/2     Running     0              9d      10.0.1.10    ${NODE}    <none>           <none>
`;

describe("kubectl get pods -o wide", () => {
  it("gives address, node, phase and workload of each row", () => {
    const { snapshot, codes } = loadText(PODS);
    expect(codes).toEqual([]);
    expect(snapshot.pods.map((pod) => [pod.name, pod.addresses, pod.phase, pod.workload])).toEqual([
      ["web-a-7c9d8b6f5-x2x4q", ["10.0.1.11"], "Running", "Deployment/web-a"],
      ["web-b-7c9d8b6f5-k9p2m", ["10.0.1.21"], "Running", "Deployment/web-b"],
      ["migrate-28371-abcde", ["10.0.1.14"], "Succeeded", undefined],
      ["pending-0", [], "Pending", undefined],
      ["aws-node-l2twq", ["10.0.1.10"], "Running", undefined],
    ]);
    expect(snapshot.pods[0]?.node).toBe(NODE);
    expect(snapshot.pods[3]?.node).toBeUndefined();
    expect(snapshot.pods[1]?.ref).toEqual({ file: "f", line: 3 });
  });

  it("sees by the node's address, told by the node's name, which pods use the host's network", () => {
    const { snapshot } = loadText(PODS);
    expect(snapshot.pods.filter((pod) => pod.hostNetwork).map((pod) => pod.name)).toEqual([
      "aws-node-l2twq",
    ]);
    expect(snapshot.nodes).toMatchObject([{ name: NODE, internalAddresses: ["10.0.1.10"] }]);
  });

  it("takes the pod of a Fargate node for a pod, though the addresses are one", () => {
    const { snapshot } = loadText(
      PODS.split("\n")[0] +
        "\ndefault f-0 1/1 Running 0 1d 10.0.4.9 fargate-ip-10-0-4-9.ap-northeast-2.compute.internal <none> <none>\n",
    );
    expect(snapshot.pods[0]?.hostNetwork).toBe(false);
    expect(snapshot.nodes[0]).toMatchObject({ fargate: true, internalAddresses: ["10.0.4.9"] });
  });

  it("reads what terminals and chat programs make of a table", () => {
    const esc = String.fromCharCode(27);
    const pasted = [
      "Every 2.0s: kubectl get pods -A -o wide        bastion: Fri Nov 20 16:00:00 2026",
      "",
      "(admin@demo:default) [root@bastion ~]# kubectl get pods -A -o wide",
      ...PODS.split("\n").slice(0, 2),
      `${esc}[32mdefault${esc}[0m   web-b-7c9d8b6f5-k9p2m 2/2 ${esc}[1mRunning${esc}[0m 2 (103s ago) 3d2h 10.0.1.21 ${NODE} <none> 1/1**`,
      "",
      "(admin@demo:default) [root@bastion ~]# echo done",
      "done",
    ].join("\r\n");
    const { snapshot, codes } = loadText(`\uFEFF${pasted}`);
    expect(codes).toEqual([]);
    expect(snapshot.pods.map((pod) => [pod.name, pod.addresses[0], pod.phase])).toEqual([
      ["web-a-7c9d8b6f5-x2x4q", "10.0.1.11", "Running"],
      ["web-b-7c9d8b6f5-k9p2m", "10.0.1.21", "Running"],
    ]);
  });

  it("leaves the namespace open when the table has no such column, and says so", () => {
    const { snapshot, codes } = loadText(PODS.replace(/^(NAMESPACE|default|kube-system) +/gm, ""));
    expect(codes).toEqual(["snapshot.namespace-not-told"]);
    expect(snapshot.pods.map((pod) => pod.namespace)).toEqual(["", "", "", "", ""]);
  });

  it("does not list a pod twice when another table tells its namespace", () => {
    const bare = PODS.replace(/^(NAMESPACE|default|kube-system) +/gm, "");
    const { snapshot } = load({ bare, full: PODS });
    expect(snapshot.pods.map((pod) => pod.namespace)).toEqual([
      "default",
      "default",
      "default",
      "default",
      "kube-system",
    ]);
  });

  it("uses the rows in front of a cut one", () => {
    for (let length = 0; length <= PODS.length; length += 7) {
      const { snapshot } = loadText(PODS.slice(0, length));
      const whole = PODS.slice(0, length).split("\n").length - 2;
      expect(snapshot.pods.length).toBeGreaterThanOrEqual(Math.max(0, whole));
    }
    const cut = loadText(PODS.slice(0, PODS.indexOf("migrate") + 9));
    expect(cut.snapshot.pods).toHaveLength(2);
    expect(cut.codes).toEqual(["snapshot.entry-skipped"]);
  });

  it("keeps the last row of a pod in the output of --watch", () => {
    const [header, first] = PODS.split("\n");
    const { snapshot } = loadText(
      `${header}\n${first?.replace("10.0.1.11", "<none>")}\n${first}\n`,
    );
    expect(snapshot.pods).toMatchObject([{ addresses: ["10.0.1.11"] }]);
  });

  it.each([
    ["CrashLoopBackOff", "7 (2m ago)", "Running"],
    ["Error", "0", "Failed"],
    ["Error", "3 (20s ago)", "Running"],
    ["Evicted", "0", "Failed"],
    ["Terminating", "0", "Running"],
    ["Init:0/2", "0", "Pending"],
    ["ContainerCreating", "0", "Pending"],
    ["Unknown", "0", "Unknown"],
  ])("maps status %s with restarts %s to phase %s", (status, restarts, phase) => {
    const row = `default p 0/1 ${status} ${restarts} 1d 10.0.1.11 ${NODE} <none> <none>`;
    const { snapshot } = loadText(`${PODS.split("\n")[0]}\n${row}\n`);
    expect(snapshot.pods[0]?.phase).toBe(phase);
  });
});

describe("kubectl get nodes -o wide", () => {
  it("reads rows whose OS image holds spaces and whose columns are out of line", () => {
    const { snapshot, codes } =
      loadText(`NAME                                           STATUS   ROLES    AGE     VERSION                INTERNAL-IP   EXTERNAL-IP    OS-IMAGE                         KERNEL-VERSION                   CONTAINER-RUNTIME
${NODE}   Ready,SchedulingDisabled    <none>   3h10m   v1.31.4-eks-2d5f260    10.0.1.10     3.36.127.19    Amazon Linux 2023.7.20250623     6.1.140-154.222.amzn2023.x86_64  containerd://1.7.27
fargate-ip-10-0-4-9.ap-northeast-2.compute.internal NotReady <none> 8m3s v1.31.4-eks-2d5f260 10.0.4.9 <none> Amazon Linux 2 5.10.238-231.953.amzn2.x86_64 containerd://1.7.27
`);
    expect(codes).toEqual([]);
    expect(snapshot.nodes).toMatchObject([
      { name: NODE, internalAddresses: ["10.0.1.10"], externalAddresses: ["3.36.127.19"] },
      { fargate: true, internalAddresses: ["10.0.4.9"], externalAddresses: [] },
    ]);
  });
});

describe("kubectl get services -o wide", () => {
  it("reads ports, node ports, dual-stack, headless and load-balanced services", () => {
    const { snapshot, codes } =
      loadText(`NAMESPACE     NAME         TYPE           CLUSTER-IP      EXTERNAL-IP                                                        PORT(S)                      AGE   SELECTOR
default       kubernetes   ClusterIP      10.100.0.1,fd12::1      <none>                                                             443/TCP                      9d    <none>
default       web          LoadBalancer   10.100.0.50     k8s-default-web-0a1b2c3d4e-0123456789abcdef.elb.ap-northeast-2.amazonaws.com   80:30080/TCP,443:31443/TCP   3d    app=web
default       db           ClusterIP      None            <none>                                                             5432/TCP                     3d    app=db
default       old          ExternalName   <none>          db.example.com                                                     <none>                       3d    <none>
kube-system   kube-dns     ClusterIP      10.100.0.10     203.0.113.7                                                             53/UDP,53/TCP                9d    k8s-app=kube-dns
`);
    expect(codes).toEqual([]);
    expect(snapshot.services.map((one) => [one.name, one.clusterIps])).toEqual([
      ["kubernetes", ["10.100.0.1", "fd12::1"]],
      ["web", ["10.100.0.50"]],
      ["db", []],
      ["old", []],
      ["kube-dns", ["10.100.0.10"]],
    ]);
    expect(snapshot.services[1]?.ports).toEqual([
      { protocol: "TCP", port: 80, nodePort: 30080 },
      { protocol: "TCP", port: 443, nodePort: 31443 },
    ]);
    expect(snapshot.services[1]?.ingress).toHaveLength(1);
    expect(snapshot.services[4]?.externalIps).toEqual(["203.0.113.7"]);
  });
});
