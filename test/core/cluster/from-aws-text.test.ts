import { describe, expect, it } from "vitest";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import { load, loadText } from "./load-text.ts";

const ESC = String.fromCharCode(27);
const TABLE = [
  "-------------------------------------------------------------------------",
  "|                           DescribeInstances                           |",
  "+----------------------+----------------+------------------+------------+",
  "|     InstanceName     | PrivateIPAdd   |   PublicIPAdd    |  Status    |",
  "+----------------------+----------------+------------------+------------+",
  "|  demo-ng1-Node       |  10.0.1.10     |  3.36.127.19     |  running   |",
  "|  demo-ng1-Node       |  10.0.2.10     |  None            |  running   |",
  "|  old                 |  10.0.1.99     |  None            |  terminated|",
  "+----------------------+----------------+------------------+------------+",
  "",
].join("\n");
const AT = [
  { name: "demo-ng1-Node", privateAddress: "10.0.1.10", publicAddress: "3.36.127.19" },
  { name: "demo-ng1-Node", privateAddress: "10.0.2.10" },
];

describe("aws ec2 describe-instances --output table", () => {
  it("reads the columns by what --query called them, and no instance that is gone", () => {
    const { snapshot, codes } = loadText(TABLE);
    expect(codes).toEqual([]);
    expect(snapshot.instances).toMatchObject(AT);
    expect(snapshot.instances[0]?.ref).toEqual({ file: "f", line: 6 });
    expect(snapshot.sources).toMatchObject([{ kind: "aws-instances", entries: 2 }]);
  });

  it("names the owner of the addresses, without an instance id too", () => {
    const index = buildOwnerIndex(loadText(TABLE).snapshot);
    expect(index.resolve("3.36.127.19")).toMatchObject({ kind: "vpc", name: "demo-ng1-Node" });
  });

  it("reads it behind a prompt, in colours and with carriage returns", () => {
    const pasted = TABLE.replaceAll("running", `${ESC}[32mrunning${ESC}[0m`).replaceAll(
      "\n",
      "\r\n",
    );
    const { snapshot, codes } = loadText(
      `[root@bastion ~]# aws ec2 describe-instances --output table\r\n${pasted}\r\n$ date\r\n`,
    );
    expect(codes).toEqual([]);
    expect(snapshot.instances).toMatchObject(AT);
  });

  it("ignores columns that it does not know and a header that is repeated", () => {
    const table = [
      "|        DescribeInstances        |",
      "| AZ | InstanceId | Private IP |",
      "| a  | i-0aaa     | 10.0.1.10  |",
      "| AZ | InstanceId | Private IP |",
      "| a  | i-0bbb     | 10.0.2.10  |",
    ].join("\n");
    const { snapshot, codes } = loadText(table);
    expect(codes).toEqual([]);
    expect(snapshot.instances.map((one) => [one.id, one.privateAddress])).toEqual([
      ["i-0aaa", "10.0.1.10"],
      ["i-0bbb", "10.0.2.10"],
    ]);
  });

  it("names the rows that are cut off or hold no address, and uses the others", () => {
    const { snapshot, diagnostics } = loadText(
      TABLE.replace("|  10.0.2.10     |  None            |  running   |", "|  10.0.2").replace(
        "3.36.127.19 ",
        "3.36.127.999",
      ),
      "i.txt",
    );
    expect(snapshot.instances).toEqual([]);
    expect(diagnostics).toMatchObject([
      { code: "snapshot.entry-skipped", count: 2, first: { file: "i.txt", line: 6 } },
    ]);
  });

  it("says so when no column is known, as in the nested tables without --query", () => {
    const nested =
      "|DescribeInstances|\n+-----------------+\n||  Reservations  ||\n|||  X  | i-0a |||\n";
    const { snapshot, diagnostics } = loadText(nested);
    expect(snapshot.instances).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: "snapshot.entry-skipped", count: 1 }]);
  });

  it("yields to the same instance with its id", () => {
    const json = { Instances: [{ InstanceId: "i-0aaa", PrivateIpAddress: "10.0.1.10" }] };
    const { snapshot } = load({
      "t.txt": TABLE,
      "i.json": JSON.stringify({ Reservations: [json] }),
    });
    expect(snapshot.instances.map((one) => one.id || one.privateAddress)).toEqual([
      "10.0.2.10",
      "i-0aaa",
    ]);
  });
});

describe("aws ec2 describe-instances --output text", () => {
  const TEXT = [
    "RESERVATIONS\t111122223333\tr-0123456789abcdef0",
    "INSTANCES\t0\tx86_64\tfalse\txen\tami-0aaa\ti-0aaa\tm5.large\t2026-08-20T01:00:00+00:00\tip-10-0-1-10.ap-northeast-2.compute.internal\t10.0.1.10\tec2-3-36-127-19.compute.amazonaws.com\t3.36.127.19\tsubnet-01\tvpc-01",
    "PRIVATEIPADDRESSES\tTrue\tip-10-0-1-20\t10.0.1.20",
    "STATE\t16\trunning",
    "TAGS\teks:cluster-name\tdemo",
    "TAGS\tName\tdemo-ng1-Node",
    "RESERVATIONS\t111122223333\tr-0123456789abcdef1",
    "INSTANCES\t0\tx86_64\ti-0bbb\t10.0.1.99\tvpc-01",
    "STATE\t48\tterminated",
    "INSTANCES\t0\tx86_64",
  ];

  it("reads what a record's form tells, and names the one without an id", () => {
    const { snapshot, diagnostics } = loadText(TEXT.join("\r\n"));
    expect(snapshot.instances).toEqual([
      {
        id: "i-0aaa",
        name: "demo-ng1-Node",
        privateAddress: "10.0.1.10",
        publicAddress: "3.36.127.19",
        vpcId: "vpc-01",
        ref: { file: "f", line: 2 },
      },
    ]);
    expect(diagnostics).toMatchObject([{ count: 1, first: { line: 10 } }]);
  });
});
