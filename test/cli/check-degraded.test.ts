/**
 * Goal: whatever happens to a capture on its way to the gate, red never turns green, and green turns into "inconclusive" where what
 * happened could hide a violation. Method: the bytes of real captures, damaged, through the command line.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";
import { laterBy, recordBoundaries, withLinkType, withRecord } from "../support/pcap-surgery.ts";
import { ROOT } from "../support/repository.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

type Files = Record<string, Uint8Array>;

function filesOf(folder: string): Files {
  const files: Files = {};
  for (const part of ["captures", "snapshot"])
    for (const name of readdirSync(`${ROOT}samples/${folder}/${part}`))
      files[`in/${part}/${name}`] = readFileSync(`${ROOT}samples/${folder}/${part}/${name}`);
  return files;
}

/** Exit code of the smallest policy that matters for the sample. */
async function gate(policy: string, files: Files, ...flags: readonly string[]) {
  const folder = temporaryDirectory({ ...files, "policy.yaml": policy });
  const { code, stdout } = await runCli([
    "check",
    "--policy",
    join(folder, "policy.yaml"),
    join(folder, "in"),
    "-o",
    "json",
    ...flags,
  ]);
  return { code, reasons: stdout === "" ? [] : reasonsOf(stdout) };
}

function reasonsOf(json: string): string[] {
  return JSON.parse(json).reasons.map(({ id }: { id: string }) => id);
}

function captures(
  files: Files,
  change: (bytes: Uint8Array, name: string) => Uint8Array | null,
): Files {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, bytes]): [string, Uint8Array][] => {
      if (!name.endsWith(".pcap")) return [[name, bytes]];
      const changed = change(bytes, name);
      return changed === null ? [] : [[name, changed]];
    }),
  );
}

const NO_OVERLAY = "forbid: [{finding: overlay-encapsulation}]\n";
const DIRECT =
  "expect: [{match: {from: {kind: pod}, to: {kind: pod}}, class: pod-to-pod-direct, nat: none}]\n";

/** IPv4 with a header length of eight bytes (RFC 791: at least twenty). */
const BROKEN = Uint8Array.from([
  ...[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0],
  ...[
    0x42, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 168, 1, 5, 192, 168, 2, 16, 0, 0, 0, 0, 0, 0, 0,
    0,
  ],
]);

function deepTunnel(): Uint8Array {
  let packet = ethernet();
  for (let i = 0; i < 10; i++) packet = packet.ipv4({ src: "192.168.1.5", dst: "192.168.2.16" });
  return packet.udp({ srcPort: 1, dstPort: 2 }).bytes();
}

type Damage = readonly [
  what: string,
  change: (files: Files) => Files,
  reason: string,
  flags: readonly string[],
];

const DAMAGES: readonly Damage[] = [
  [
    "cut inside its last record",
    (files) => captures(files, (bytes) => bytes.subarray(0, bytes.length - 3)),
    "capture-cut",
    [],
  ],
  [
    "with one record that cannot be decoded",
    (files) => captures(files, (bytes) => withRecord(bytes, BROKEN)),
    "undecodable",
    [],
  ],
  [
    "with a tunnel that is too deep",
    (files) => captures(files, (bytes) => withRecord(bytes, deepTunnel())),
    "tunnel-too-deep",
    [],
  ],
  ["with more flows than fit", (files) => files, "flow-cap", ["--max-connections", "1"]],
  [
    "two days younger than its snapshot",
    (files) => captures(files, (bytes) => laterBy(bytes, 172_800)),
    "stale-snapshot",
    [],
  ],
];

describe.each(DAMAGES)("a capture %s", (_what, damage, reason, flags) => {
  it("does not hide an overlay that is there", async () => {
    const { code } = await gate(NO_OVERLAY, damage(filesOf("overlay-vxlan")), ...flags);
    expect([1, 4]).toContain(code);
  });

  it("does not hide a rewrite that is there", async () => {
    const { code } = await gate(DIRECT, damage(filesOf("unexpected-snat")), ...flags);
    expect([1, 4]).toContain(code);
  });

  it("is no proof that there is none", async () => {
    const healthy = filesOf("snat-egress");
    expect(await gate(NO_OVERLAY, healthy)).toEqual({ code: 0, reasons: [] });
    const { code, reasons } = await gate(NO_OVERLAY, damage(healthy), ...flags);
    expect(reasons).toContain(reason);
    expect(code).toBe(4);
  });
});

describe("one capture of a tunnel", () => {
  it("cut anywhere inside a record is red or a doubt, never green", async () => {
    const name = "in/captures/n1.eth0.pcap";
    const files = filesOf("overlay-vxlan");
    const whole = files[name] ?? new Uint8Array();
    const boundaries = new Set(recordBoundaries(whole));
    const codes = new Set<number | null>();
    for (let length = 25; length < whole.length; length += 397) {
      if (boundaries.has(length)) continue;
      const cut = captures(files, (_bytes, file) =>
        file === name ? whole.subarray(0, length) : null,
      );
      const { code } = await gate(NO_OVERLAY, cut);
      codes.add(code);
      expect([1, 3, 4], `cut at ${length}`).toContain(code);
    }
    expect(codes).toContain(1);
    expect(codes).toContain(4);
  });

  it("of a link type that nobody knows is a doubt", async () => {
    const files = captures(filesOf("overlay-vxlan"), (bytes) => withLinkType(bytes, 147));
    const { code, reasons } = await gate(NO_OVERLAY, files);
    expect(code).toBe(4);
    expect(reasons).toContain("unknown-link-type");
  });
});

describe("captures of pods' own interfaces", () => {
  it("cannot show that nothing wraps the packets on the wire", async () => {
    const inside = captures(filesOf("overlay-vxlan"), (bytes, name) =>
      name.includes("eth0") ? null : bytes,
    );
    const { code, reasons } = await gate(NO_OVERLAY, inside);
    expect(code).toBe(4);
    expect(reasons).toContain("no-eni-captured");
  });
});
