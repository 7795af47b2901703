import { describe, expect, it } from "vitest";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import { kubeList, kubePod, load, loadText } from "./load-text.ts";

const ESC = String.fromCharCode(27);
const A = "web-a-7c9d8b6f5-x2x4q";
const B = "web-b-7c9d8b6f5-k9p2m";

function line(time: string, msg: string): string {
  const ts = `2026-08-20T${time}Z`;
  return JSON.stringify({ level: "debug", ts, caller: "datastore/data_store.go:864", msg });
}
const assign = (time: string, ip: string, name: string) =>
  line(
    time,
    `assignPodIPAddressUnsafe: Assign IP ${ip} to sandbox aws-cni/4f0e/eth0 with metadata {K8SPodNamespace:default K8SPodName:${name} InterfacesCount:1}`,
  );
const unassign = (time: string, ip: string) =>
  line(time, `unassignPodIPAddressUnsafe: Unassign IP ${ip} from sandbox aws-cni/4f0e/eth0`);

const LOG = [
  line("01:02:03.757", "Adding 10.0.1.21/32 to DS for eni-0aa1"),
  line("01:02:03.758", "Adding 10.0.1.64/28 to DS for eni-0aa1"),
  line("01:02:03.900", "Reconciling ENI/IP pool info"),
  assign("01:02:04.001", "10.0.1.21", A),
  unassign("01:09:04.001", "10.0.1.21"),
  assign("01:10:00.000", "10.0.1.21", B),
];
const ns = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;

describe("ipamd.log", () => {
  it("tells which pod had an address when, and on which ENI it is", () => {
    const { snapshot, codes } = loadText(LOG.join("\n"));
    expect(codes).toEqual([]);
    expect(snapshot.pods).toMatchObject([
      {
        name: A,
        namespace: "default",
        addresses: ["10.0.1.21"],
        phase: "Succeeded",
        workload: "Deployment/web-a",
        startTime: "2026-08-20T01:02:04.001Z",
        deletionTime: "2026-08-20T01:09:04.001Z",
        ref: { file: "f", line: 4 },
      },
      { name: B, phase: "Unknown", startTime: "2026-08-20T01:10:00.000Z" },
    ]);
    expect(snapshot.pods[1]).not.toHaveProperty("deletionTime");
    expect(snapshot.enis).toMatchObject([
      { id: "eni-0aa1", addresses: ["10.0.1.21"], prefixes: ["10.0.1.64/28"] },
    ]);
    const index = buildOwnerIndex(snapshot);
    const at = (time: string) => index.resolve("10.0.1.21", ns(`2026-08-20T${time}Z`));
    expect(at("01:05:00")).toMatchObject({ name: A, eni: "eni-0aa1" });
    expect(at("01:11:00")).toMatchObject({ name: B });
    expect(index.resolve("10.0.1.21")).toMatchObject({ name: B });
  });

  it("is read as pasted: cut at both ends, in colours, with carriage returns, lines named", () => {
    const pasted = ['og.go:1","msg":"x"}', ...LOG, '{"level":"info","ts":"2026-08-20T01:1'];
    const { snapshot, diagnostics } = loadText(
      `${ESC}[1m$ tail ipamd.log${ESC}[0m\r\n${pasted.join("\r\n")}`,
      "ipamd.log",
    );
    expect(snapshot.pods.map((pod) => pod.name)).toEqual([A, B]);
    expect(diagnostics).toMatchObject([
      { code: "snapshot.entry-skipped", count: 1, first: { file: "ipamd.log", line: 9 } },
    ]);
  });

  it("names an assignment without an address or a pod", () => {
    const { snapshot, diagnostics } = loadText(
      [
        assign("01:00:00", "10.0.1.999", A),
        line("01:00:01", "Assign IP 10.0.1.3 to sandbox x"),
      ].join("\n"),
    );
    expect(snapshot.pods).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "snapshot.entry-skipped", count: 2 }]);
  });

  it("is not slowed down by a line made to be slow", () => {
    const slow = "Assign IP 10.0.1.3 to sandbox x with metadata { ".repeat(40_000);
    expect(loadText(line("01:00:00", slow)).codes).toEqual(["snapshot.entry-skipped"]);
  });

  it("ends an assignment when the address goes to the next pod, though no line says so", () => {
    const lines = [assign("02:00:00", "10.0.1.5", B), assign("01:00:00", "10.0.1.5", A)];
    const { snapshot } = loadText(lines.join("\n"));
    expect(snapshot.pods.map((pod) => [pod.name, pod.deletionTime])).toEqual([
      [A, "2026-08-20T02:00:00Z"],
      [B, undefined],
    ]);
  });
});

describe("ipamd.log beside a pod list", () => {
  const running = (start?: string) =>
    kubeList(kubePod({ name: B, ip: "10.0.1.21", ...(start !== undefined && { start }) }));

  it("never takes an address from a Running pod that began later", () => {
    const log = assign("01:02:04", "10.0.1.21", A);
    for (const start of ["2026-08-20T01:10:00Z", undefined]) {
      const { snapshot, codes } = load({ "pods.json": running(start), "ipamd.log": log });
      const owner = buildOwnerIndex(snapshot).resolve("10.0.1.21");
      expect(owner).toMatchObject({ name: B });
      expect(owner).not.toHaveProperty("ambiguousWith");
      expect(codes).toEqual([]);
    }
  });

  it("says that both claim it when the log is the newer one", () => {
    const log = assign("03:00:00", "10.0.1.21", A);
    const { codes } = load({ "pods.json": running("2026-08-20T01:10:00Z"), "ipamd.log": log });
    expect(codes).toEqual(["snapshot.conflict"]);
  });

  it("says that both claim it when the list is a table, which tells no times", () => {
    const table = `NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE\ndefault ${B} 1/1 Running 0 1d 10.0.1.21 n1\n`;
    const log = assign("03:00:00", "10.0.1.21", A);
    const { snapshot, codes } = load({ "pods.txt": table, "ipamd.log": log });
    expect(codes).toEqual(["snapshot.conflict"]);
    expect(buildOwnerIndex(snapshot).resolve("10.0.1.21")).toMatchObject({
      name: A,
      ambiguousWith: [`default/${B}`],
    });
  });

  it("leaves a listed pod as it is and fills in only its start where that is not told", () => {
    const listed = running("2026-08-20T01:09:59Z");
    expect(load({ "p.json": listed, "ipamd.log": LOG[5] ?? "" }).snapshot.pods).toEqual(
      load({ "p.json": listed }).snapshot.pods,
    );
    const { snapshot } = load({ "p.json": running(), "ipamd.log": LOG[5] ?? "" });
    expect(snapshot.pods).toMatchObject([
      { name: B, phase: "Running", startTime: "2026-08-20T01:10:00.000Z", ref: { file: "p.json" } },
    ]);
  });

  it("does not count as a pod list", () => {
    const { snapshot } = loadText(LOG.join("\n"));
    expect(snapshot.missing).toContain("kubectl get pods -A -o json");
  });
});

const METADATA = { k8sPodNamespace: "default", k8sPodName: B };

describe("ipam.json", () => {
  const allocation = {
    networkName: "aws-cni",
    containerID: "4f0e",
    ifName: "eth0",
    ipv4: "10.0.1.21",
    allocationTimestamp: 1787187724001000000,
    metadata: METADATA,
  };
  const checkpoint = (...allocations: object[]) =>
    JSON.stringify({ version: "vpc-cni-ipam/1", allocations });

  it("tells which pod has an address since when", () => {
    const { snapshot, codes } = loadText(checkpoint(allocation));
    expect(codes).toEqual([]);
    expect(snapshot.pods).toMatchObject([
      { name: B, addresses: ["10.0.1.21"], startTime: "2026-08-20T01:02:04.001Z" },
    ]);
    expect(snapshot.missing).toContain("kubectl get pods -A -o json");
  });

  it("names an allocation without an address or with a time that is none", () => {
    const { snapshot, codes } = loadText(
      checkpoint({ ...allocation, ipv4: "x" }, { ...allocation, allocationTimestamp: 1e300 }),
    );
    expect(snapshot.pods).toEqual([]);
    expect(codes).toEqual(["snapshot.entry-skipped"]);
  });
});

describe("localhost:61679/v1/enis", () => {
  const one = {
    Address: "10.0.1.21",
    IPAMKey: { networkName: "aws-cni", containerID: "4f0e", ifName: "eth0" },
    IPAMMetadata: METADATA,
    AssignedTime: "2026-08-20T01:02:04.001Z",
    UnassignedTime: "0001-01-01T00:00:00Z",
  };
  const eni = {
    ID: "eni-0aa1",
    DeviceNumber: 1,
    AvailableIPv4Cidrs: {
      "10.0.1.21/32": { IPAddresses: { "10.0.1.21": one }, IsPrefix: false },
      "10.0.1.64/28": { IPAddresses: {}, IsPrefix: true },
    },
    IPv6Cidrs: {},
  };
  const pool = { TotalIPs: 28, AssignedIPs: 2, ENIs: { "eni-0aa1": eni } };

  it.each([
    ["keyed by network card (1.20)", { "0": pool }],
    ["as one pool (up to 1.19)", pool],
  ])("is read %s", (_, root) => {
    const { snapshot, codes } = loadText(JSON.stringify(root));
    expect(codes).toEqual([]);
    expect(snapshot.enis).toMatchObject([
      {
        id: "eni-0aa1",
        role: "node",
        deviceIndex: 1,
        addresses: ["10.0.1.21"],
        prefixes: ["10.0.1.64/28"],
      },
    ]);
    expect(snapshot.pods).toMatchObject([
      { name: B, phase: "Unknown", startTime: one.AssignedTime },
    ]);
  });

  it("is read with ENIIPPools (up to 1.8), which name no pods", () => {
    const addresses = { "10.0.1.21": { Assigned: true }, x: { Assigned: false } };
    const root = {
      AssignedIPs: 46,
      ENIIPPools: { "eni-0aa1": { DeviceNumber: 2, IPv4Addresses: addresses } },
    };
    const { snapshot, codes } = loadText(JSON.stringify(root));
    expect(codes).toEqual(["snapshot.entry-skipped"]);
    expect(snapshot.enis).toMatchObject([
      { id: "eni-0aa1", deviceIndex: 2, addresses: ["10.0.1.21"] },
    ]);
    expect(snapshot.pods).toEqual([]);
  });

  it("takes the last life of an address for over when it was taken back after", () => {
    const over = { ...one, UnassignedTime: "2026-08-20T02:00:00Z" };
    const cidrs = { "10.0.1.21/32": { IPAddresses: { "10.0.1.21": over } } };
    const root = { ENIs: { "eni-0aa1": { ...eni, AvailableIPv4Cidrs: cidrs } } };
    expect(loadText(JSON.stringify(root)).snapshot.pods).toMatchObject([
      { name: B, phase: "Succeeded", deletionTime: "2026-08-20T02:00:00Z" },
    ]);
  });

  it("yields to describe-network-interfaces", () => {
    const aws = {
      NetworkInterfaces: [{ NetworkInterfaceId: "eni-0aa1", PrivateIpAddress: "10.0.1.20" }],
    };
    const { snapshot } = load({
      "cni.json": JSON.stringify(pool),
      "aws.json": JSON.stringify(aws),
    });
    expect(snapshot.enis.map((found) => found.primaryAddress)).toEqual(["10.0.1.20"]);
  });
});
