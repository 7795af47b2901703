import { describe, expect, it } from "vitest";
import { kubeList, kubePod, load, loadText } from "./load-text.ts";

describe("kubectl -o json: pods", () => {
  it("reads both families, owner, branch ENI, start and named ports", () => {
    const { snapshot, codes } = loadText(
      kubeList({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "web-a-7c9d8b6f5-x2x4q",
          namespace: "default",
          labels: { app: "web", "pod-template-hash": "7c9d8b6f5" },
          ownerReferences: [{ kind: "ReplicaSet", name: "web-a-7c9d8b6f5", controller: true }],
          annotations: {
            "vpc.amazonaws.com/pod-eni":
              '[{"eniId":"eni-0cc0","ifAddress":"02:11:22:33:44:55","privateIp":"10.0.3.5","ipv6Addr":"","vlanId":7,"subnetCidr":"10.0.3.0/24"}]',
          },
        },
        spec: {
          nodeName: "ip-10-0-1-10.ec2.internal",
          containers: [{ ports: [{ containerPort: 8080, name: "http" }] }],
        },
        status: {
          phase: "Running",
          podIP: "10.0.3.5",
          podIPs: [{ ip: "10.0.3.5" }, { ip: "2001:DB8::0005" }],
          hostIP: "10.0.1.10",
          startTime: "2026-08-20T01:02:04Z",
        },
      }),
    );
    expect(codes).toEqual([]);
    expect(snapshot.pods).toEqual([
      {
        namespace: "default",
        name: "web-a-7c9d8b6f5-x2x4q",
        addresses: ["10.0.3.5", "2001:db8::5"],
        node: "ip-10-0-1-10.ec2.internal",
        hostNetwork: false,
        phase: "Running",
        workload: "Deployment/web-a",
        labels: { app: "web", "pod-template-hash": "7c9d8b6f5" },
        startTime: "2026-08-20T01:02:04Z",
        branchEni: {
          eniId: "eni-0cc0",
          mac: "02:11:22:33:44:55",
          vlanId: 7,
          privateIp: "10.0.3.5",
        },
        ports: [{ port: 8080, protocol: "TCP", name: "http" }],
        ref: { file: "f", pointer: "/items/0" },
      },
    ]);
    // The pod's status tells its node's address.
    expect(snapshot.nodes).toMatchObject([
      { name: "ip-10-0-1-10.ec2.internal", internalAddresses: ["10.0.1.10"] },
    ]);
  });

  it.each([
    ["ReplicaSet", "web-5df4dc5fd8", "Deployment/web"],
    ["ReplicaSet", "my-own-set", "ReplicaSet/my-own-set"],
    ["Job", "backup-29384720", "CronJob/backup"],
    ["Job", "backup-20250101", "Job/backup-20250101"],
    ["StatefulSet", "db", "StatefulSet/db"],
    ["Node", "ip-10-0-1-10", undefined],
  ])("names the workload of a pod owned by %s %s", (kind, name, workload) => {
    const pod = kubePod({ name: "p" }) as { metadata: object };
    pod.metadata = { name: "p", ownerReferences: [{ kind, name, controller: true }] };
    expect(loadText(kubeList(pod)).snapshot.pods[0]?.workload).toBe(workload);
  });

  it("reads a single object, a PodList without kinds, a bare array and JSON lines alike", () => {
    const a = kubePod({ name: "a", ip: "10.0.1.1" });
    const b = kubePod({ name: "b", ip: "10.0.1.2" });
    const { kind: _kind, apiVersion: _version, ...bare } = a as Record<string, unknown>;
    const forms = [
      `${JSON.stringify(a)}\n${JSON.stringify(b)}\n`,
      JSON.stringify({ kind: "PodList", apiVersion: "v1", items: [bare, b] }),
      JSON.stringify([a, b]),
      `${kubeList(a)}${kubeList(b)}`,
    ];
    for (const form of forms) {
      const { snapshot, codes } = loadText(form);
      expect(codes).toEqual([]);
      expect(snapshot.pods.map((pod) => pod.addresses[0])).toEqual(["10.0.1.1", "10.0.1.2"]);
    }
    const refs = loadText(forms[0] ?? "").snapshot.pods.map((pod) => pod.ref);
    expect(refs).toEqual([
      { file: "f", line: 1, pointer: "" },
      { file: "f", line: 2, pointer: "" },
    ]);
  });

  it("uses the other entries when one is broken", () => {
    const { snapshot, codes } = loadText(
      kubeList({ apiVersion: "v1", kind: "Pod", metadata: {} }, kubePod({ name: "b" })),
    );
    expect(snapshot.pods.map((pod) => pod.name)).toEqual(["b"]);
    expect(codes).toEqual(["snapshot.entry-skipped"]);
  });

  it("is not fooled by members called __proto__ and constructor", () => {
    const text =
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","__proto__":{"namespace":"evil"},"labels":{"__proto__":"x","constructor":"y"}},"status":{"podIP":"10.0.1.1"}}';
    const { snapshot } = loadText(text);
    expect(snapshot.pods[0]?.namespace).toBe("default");
    expect(Object.keys(snapshot.pods[0]?.labels ?? {})).toEqual(["__proto__", "constructor"]);
    expect({} as { namespace?: string }).not.toHaveProperty("namespace");
  });

  it("counts kinds that it does not use", () => {
    const config = { apiVersion: "v1", kind: "ConfigMap" };
    const { diagnostics } = loadText(kubeList(config, config));
    expect(diagnostics).toMatchObject([{ code: "snapshot.kind-not-used", count: 2 }]);
  });

  it("knows the VPC CNI's own kinds and has nothing to say about them", () => {
    const config = { apiVersion: "crd.k8s.amazonaws.com/v1alpha1", kind: "ENIConfig" };
    const node = { apiVersion: "vpcresources.k8s.aws/v1alpha1", kind: "CNINode" };
    expect(loadText(kubeList(config, node)).codes).toEqual([]);
  });
});

describe("kubectl -o json: nodes, services, endpoints, aws-node", () => {
  it("reads several internal addresses and never takes podCIDR for anything", () => {
    const { snapshot } = loadText(
      kubeList({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "n", labels: { "eks.amazonaws.com/compute-type": "fargate" } },
        spec: { providerID: "aws:///ap-northeast-2a/i-0aaa", podCIDR: "10.244.0.0/24" },
        status: {
          addresses: [
            { type: "InternalIP", address: "10.0.1.10" },
            { type: "InternalIP", address: "2001:db8::a" },
            { type: "ExternalIP", address: "3.36.127.19" },
            { type: "Hostname", address: "n" },
          ],
        },
      }),
    );
    expect(snapshot.nodes).toMatchObject([
      {
        internalAddresses: ["10.0.1.10", "2001:db8::a"],
        externalAddresses: ["3.36.127.19"],
        instanceId: "i-0aaa",
        fargate: true,
      },
    ]);
    expect(JSON.stringify(snapshot)).not.toContain("10.244");
  });

  it("flattens EndpointSlices and lists no endpoint twice when Endpoints are there, too", () => {
    const slice = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "web-1",
        namespace: "shop",
        labels: { "kubernetes.io/service-name": "web" },
      },
      ports: [
        { name: "http", port: 8080, protocol: "TCP" },
        { name: "dns", port: 53, protocol: "UDP" },
      ],
      endpoints: [
        {
          addresses: ["10.0.1.11"],
          conditions: { ready: false },
          targetRef: { kind: "Pod", name: "web-a", namespace: "shop" },
        },
        { addresses: ["10.0.1.12"] },
      ],
    };
    const endpoints = {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: "web", namespace: "shop" },
      subsets: [{ addresses: [{ ip: "10.0.1.11" }], ports: [{ port: 8080 }] }],
    };
    const { snapshot } = load({ a: kubeList(slice), b: kubeList(endpoints) });
    expect(snapshot.endpoints.map((one) => [one.address, one.port, one.protocol])).toEqual([
      ["10.0.1.11", 8080, "TCP"],
      ["10.0.1.11", 53, "UDP"],
      ["10.0.1.12", 8080, "TCP"],
      ["10.0.1.12", 53, "UDP"],
    ]);
    expect(loadText(kubeList(slice)).snapshot.endpoints[0]).toMatchObject({
      ready: false,
      pod: "shop/web-a",
      service: "web",
    });
  });

  it("reads headless services, named target ports and node ports", () => {
    const { snapshot } = loadText(
      kubeList({
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "web", namespace: "shop", annotations: { a: "b" } },
        spec: {
          type: "LoadBalancer",
          clusterIP: "None",
          clusterIPs: ["None"],
          externalTrafficPolicy: "Local",
          healthCheckNodePort: 32000,
          ports: [{ port: 80, targetPort: "http", nodePort: 30080, protocol: "TCP" }],
        },
        status: { loadBalancer: { ingress: [{ hostname: "x.elb.amazonaws.com" }] } },
      }),
    );
    expect(snapshot.services).toMatchObject([
      {
        clusterIps: [],
        externalTrafficPolicy: "Local",
        healthCheckNodePort: 32000,
        ingress: ["x.elb.amazonaws.com"],
        ports: [{ protocol: "TCP", port: 80, targetPort: "http", nodePort: 30080 }],
        annotations: { a: "b" },
      },
    ]);
  });

  it("reads the settings of the aws-node container only", () => {
    const container = (name: string, externalSnat: string): object => ({
      name,
      image: `example.com/${name}:v1.19.2`,
      env: [
        { name: "AWS_VPC_K8S_CNI_EXTERNALSNAT", value: externalSnat },
        { name: "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", value: "10.20.0.0/16, 192.168.0.0/16" },
        { name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
      ],
    });
    const containers = [container("aws-eks-nodeagent", "false"), container("aws-node", "True")];
    const { snapshot } = loadText(
      JSON.stringify({
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "aws-node" },
        spec: { template: { spec: { containers } } },
      }),
    );
    expect(snapshot.cni).toEqual({
      image: "example.com/aws-node:v1.19.2",
      externalSnat: true,
      excludeSnatCidrs: ["10.20.0.0/16", "192.168.0.0/16"],
      ref: { file: "f", pointer: "/spec/template/spec/containers/1" },
    });
  });
});

describe("kubectl describe daemonset aws-node", () => {
  it("reads the aws-node block between those of the init container and the policy agent", () => {
    const { snapshot, codes } = loadText(`Name:           aws-node
Selector:       k8s-app=aws-node
Pod Template:
  Init Containers:
   aws-vpc-cni-init:
    Image:      602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/amazon-k8s-cni-init:v1.19.2-eksbuild.1
    Environment:
      AWS_VPC_K8S_CNI_EXTERNALSNAT:   true
  Containers:
   aws-node:
    Image:      602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/amazon-k8s-cni:v1.19.2-eksbuild.1
    Port:       61678/TCP
    Liveness:   exec [/app/grpc-health-probe -addr=:50051] delay=60s timeout=10s period=10s #success=1 #failure=3
    Environment:
      AWS_VPC_K8S_CNI_EXTERNALSNAT:           false
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS:     10.20.0.0/16,192.168.0.0/16
      AWS_VPC_K8S_CNI_RANDOMIZESNAT:          prng
      CLUSTER_NAME:                           demo
      MY_NODE_NAME:                            (v1:spec.nodeName)
    Mounts:
      /host/cni-bin from cni-bin-dir (rw)
   aws-eks-nodeagent:
    Image:      602401143452.dkr.ecr.ap-northeast-2.amazonaws.com/amazon/aws-network-policy-agent:v1.1.6
    Environment:
      AWS_VPC_K8S_CNI_EXTERNALSNAT:   true
`);
    expect(codes).toEqual([]);
    expect(snapshot.cluster).toBe("demo");
    expect(snapshot.cni).toMatchObject({
      externalSnat: false,
      excludeSnatCidrs: ["10.20.0.0/16", "192.168.0.0/16"],
      randomizeSnat: "prng",
      ref: { file: "f", line: 11 },
    });
  });
});
