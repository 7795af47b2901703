import { describe, expect, it } from "vitest";
import type { FlowDirection } from "../../../src/core/flow/flow-observation.ts";
import { FlowScript, type LayerFields, type RecordFields } from "../../support/observe.ts";

type Step = LayerFields & { readonly at?: RecordFields };

const data = (seq: number, length: number, more: Step = {}): Step => ({
  seq,
  payload: "x".repeat(length),
  flags: "P.",
  ...more,
});

function forward(...steps: readonly Step[]): FlowDirection {
  const script = new FlowScript();
  for (const { at, ...fields } of steps) script.tcp(fields, at ?? {});
  return script.row(0).forward;
}

const retransmissions = (...steps: readonly Step[]): number => forward(...steps).retransmissions;

describe("a segment counts as sent again", () => {
  it("when its numbers were seen before, with the first such record", () => {
    const seen = forward(data(1, 10), data(11, 10), data(1, 10), data(11, 10));
    expect(seen).toMatchObject({ retransmissions: 2, retransmissionRecord: 3 });
  });
  it("when it is part of a larger one, as a super-frame's segment is", () => {
    expect(retransmissions(data(1, 9000), data(1449, 1448))).toBe(1);
  });
  it("when it is a SYN, a SYN-ACK or a FIN", () => {
    expect(retransmissions({ flags: "S", seq: 5 }, { flags: "S", seq: 5 })).toBe(1);
    expect(retransmissions({ flags: "S.", seq: 5 }, { flags: "S.", seq: 5 })).toBe(1);
    expect(retransmissions({ flags: "F.", seq: 5 }, { flags: "F.", seq: 5 })).toBe(1);
  });
  it("when it carries new data after the old", () => {
    expect(retransmissions(data(1, 10), data(5, 20))).toBe(1);
  });
  it("across the wrap of sequence numbers", () => {
    expect(retransmissions(data(0xffff_fff0, 32), data(0xffff_fff8, 8))).toBe(1);
    expect(retransmissions(data(0xffff_fff0, 32), data(2, 8))).toBe(1);
  });
  it("behind a gap that has been filled", () => {
    expect(retransmissions(data(1, 10), data(21, 10), data(11, 10), data(11, 10))).toBe(1);
  });
  it("with a new identification, however soon it comes", () => {
    const at = { seconds: 1_700_000_000, nanos: 0 };
    expect(
      retransmissions(
        data(1, 10, { ipId: 7, at }),
        data(1, 10, { ipId: 8, at: { ...at, nanos: 90 } }),
      ),
    ).toBe(1);
  });
  it("in its own direction only", () => {
    const script = new FlowScript();
    script.tcp(data(1, 10));
    script.tcp({ ...data(1, 10), src: "10.0.0.2", dst: "10.0.0.1", srcPort: 80, dstPort: 40000 });
    script.tcp({ ...data(1, 10), src: "10.0.0.2", dst: "10.0.0.1", srcPort: 80, dstPort: 40000 });
    expect(script.row(0).forward.retransmissions).toBe(0);
    expect(script.row(0).backward).toMatchObject({ retransmissions: 1, retransmissionRecord: 3 });
  });
});

describe("a segment does not count as sent again", () => {
  const cases: readonly (readonly [name: string, steps: readonly Step[]])[] = [
    ["when it goes on", [data(1, 10), data(11, 10), data(21, 10)]],
    ["when it is a bare acknowledgement", [data(1, 10), { seq: 11 }, { seq: 11 }, { seq: 1 }]],
    [
      "when it fills a gap: reordered, or lost before this place",
      [data(1, 10), data(21, 10), data(11, 10)],
    ],
    [
      "when it fills the second of two gaps",
      [data(1, 10), data(21, 10), data(41, 10), data(31, 10), data(11, 10)],
    ],
    [
      "when it fills a gap that a bare acknowledgement showed",
      [data(1, 10), { seq: 31 }, data(11, 20)],
    ],
    [
      "when it came before the first that was captured",
      [data(100, 10), data(50, 10), data(60, 40)],
    ],
    [
      "when it fills what lies between the first captured and an earlier one",
      [data(100, 10), data(50, 10), data(80, 20), data(60, 20)],
    ],
    ["when it is a keep-alive without data", [data(1, 10), { seq: 10 }, { seq: 10 }]],
    ["when it is a keep-alive with its garbage byte", [data(1, 10), data(10, 1), data(10, 1)]],
    ["when it probes a closed window", [data(1, 10), data(11, 1), data(11, 1)]],
    ["when it is a reset", [data(1, 10), { seq: 1, flags: "R" }]],
    [
      "when it is a copy with the same identification",
      [data(1, 10, { ipId: 7 }), data(1, 10, { ipId: 7 })],
    ],
    [
      "when it is a copy that came after newer ones",
      [
        data(1, 10, { ipId: 65_535 }),
        data(11, 10, { ipId: 1 }),
        data(1, 10, { ipId: 65_535 }),
        data(11, 10, { ipId: 1 }),
      ],
    ],
  ];
  it.each(cases)("%s", (_name, steps) => {
    expect(retransmissions(...steps)).toBe(0);
  });

  it("when it has no identification and comes as soon as a copy does", () => {
    const v6 = { src: "fd00::1", dst: "fd00::2" };
    const at = (nanos: number): RecordFields => ({ seconds: 1_700_000_000, nanos });
    const first = data(1, 10, { ...v6, at: at(1000) });
    expect(retransmissions(first, data(1, 10, { ...v6, at: at(81_000) }))).toBe(0);
    expect(retransmissions(first, data(1, 10, { ...v6, at: at(200_000_000) }))).toBe(1);
  });

  it("but as a copy, with the first such record", () => {
    expect(forward(data(1, 10, { ipId: 7 }), data(1, 10, { ipId: 7 }))).toMatchObject({
      copies: 1,
      copyRecord: 2,
    });
    expect(forward(data(1, 10), data(1, 10)).copies).toBe(0);
  });

  it("when its time is before that of the packets it would repeat", () => {
    const at = (nanos: number): RecordFields => ({ seconds: 1_700_000_000, nanos });
    const twice = [0, 0].flatMap(() => [
      data(1, 10, { ipId: 7, at: at(1000) }),
      data(11, 10, { ipId: 300, at: at(9000) }),
    ]);
    expect(forward(...twice)).toMatchObject({ retransmissions: 0, copies: 2 });
  });

  it("at another place", () => {
    const script = new FlowScript();
    script.tcp(data(1, 10), { interfaceIndex: 0 }).tcp(data(1, 10), { interfaceIndex: 1 });
    expect(script.rows.map((row) => row.forward.retransmissions)).toEqual([0, 0]);
  });
});

describe("resets and closed windows", () => {
  it("are counted by their sender with the first record", () => {
    const seen = forward(data(1, 10), { seq: 11, flags: "R." }, { seq: 11, flags: "R" });
    expect(seen).toMatchObject({ resets: 2, resetRecord: 2, zeroWindows: 0 });
  });
  it("count a window of 0, but not that of a reset or a SYN", () => {
    const seen = forward(
      { seq: 1, flags: "S", window: 0 },
      { seq: 2, window: 0 },
      { seq: 2, window: 0 },
      { seq: 2, flags: "R", window: 0 },
    );
    expect(seen).toMatchObject({ zeroWindows: 2, zeroWindowRecord: 2, resets: 1 });
  });
  it("are 0 where there are none", () => {
    expect(forward(data(1, 10), data(11, 10))).toMatchObject({
      retransmissions: 0,
      retransmissionRecord: 0,
      resets: 0,
      resetRecord: 0,
      zeroWindows: 0,
      zeroWindowRecord: 0,
      copies: 0,
      copyRecord: 0,
    });
  });
});

describe("the identification of a direction", () => {
  it("stays that of its first packet", () => {
    expect(forward(data(1, 10, { ipId: 7 }), data(11, 10, { ipId: 9 })).ipId).toBe(7);
    expect(forward(data(1, 10, { ipId: 0 }), data(11, 10, { ipId: 9 })).ipId).toBeNull();
  });
});
