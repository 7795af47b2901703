/** Goal: what a capture's comments name stands beside the verdict. Method: a pcapng with comments, through the pipeline. */
import { expect, test } from "vitest";
import { analyze } from "../../../src/core/analyze.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { concat, hex } from "../../support/bytes.ts";
import { pcapngBlock } from "../../support/capture.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";
import { memorySource } from "../../support/read-capture.ts";
import { face, option, SECTION } from "../capture/pcapng-bytes.ts";

function packet(builder: PacketBuilder, ...comments: string[]): Uint8Array {
  const bytes = builder.bytes();
  const length = bytes.length.toString(16).padStart(2, "0");
  const fields = hex(`00000000 48470600 40222246 ${length}000000 ${length}000000`);
  const padding = new Uint8Array(-bytes.length & 3);
  return pcapngBlock(6, concat(fields, bytes, padding, ...comments.map((one) => option(1, one))));
}

const ends = { src: "10.0.1.1", dst: "10.0.2.2" };
const SYN = ethernet().ipv4(ends).tcp({ srcPort: 40_000, dstPort: 80, flags: "S" });
const ACK = ethernet().ipv4(ends).tcp({ srcPort: 40_000, dstPort: 80, flags: "A", seq: 1 });

async function statements(...packets: Uint8Array[]) {
  const bytes = concat(SECTION, face(), ...packets);
  const analysis = await analyze(
    [{ file: "a.pcapng", label: null, source: memorySource(bytes) }],
    [],
  );
  const report = buildReport(analysis, { tool: { name: "podpath", version: "0" }, inputs: [] });
  const [connection] = report.connections;
  return (connection?.evidence ?? []).filter(({ statement }) => statement.includes("comment"));
}

test("several comments on one packet are one sentence, with the packet", async () => {
  const comments = ["PID: 7\nCmd: /bin/curl\nArgs: curl", "PodName: web\nPodNamespace: shop"];
  expect(await statements(packet(SYN, ...comments), packet(ACK, ...comments))).toEqual([
    {
      statement:
        "ptcpdump says in a comment of the capture that the packet is of process /bin/curl (PID 7), pod shop/web",
      packets: [{ capture: "c1", record: 1 }],
      snapshot: [],
    },
  ]);
});

test("both ends of NetObserv are told apart", async () => {
  const found = await statements(
    packet(SYN, "Source\nSrc Name: web\nSrc Namespace: shop\n", "Destination\nDst Name: db\n"),
  );
  expect(found.map(({ statement }) => statement.replace(/^.*that /, ""))).toEqual([
    "the packet's source is pod shop/web",
    "the packet's destination is pod db",
  ]);
});

test("other people's comments are no evidence", async () => {
  expect(await statements(packet(SYN, "look here"))).toEqual([]);
});
