/** Goal: marks come out as the kernel computes them, and a bit that nobody knows is never taken for 0. */
import { describe, expect, test } from "vitest";
import {
  applyMark,
  type Marks,
  markAnswer,
  NO_MARK,
  parseMarkAction,
} from "../../../src/core/predict/packet-mark.ts";

const UNKNOWN = { value: 0, known: 0 };
const start: Marks = { mark: NO_MARK, connmark: NO_MARK };
const mark = (value: number, known = 0xffffffff) => ({ value, known });

function applied(target: string, text: string, marks: Marks = start): Marks {
  const action = parseMarkAction(target, text);
  if (action === null) throw new Error(`not read: ${text}`);
  return applyMark(marks, action);
}

describe("targets", () => {
  test.each([
    ["--set-xmark 0x4000/0x4000", 0x1, 0x4001],
    ["--set-xmark 0x4000/0x0", 0x4001, 0x1],
    ["--set-mark 0x80/0xf0", 0x71, 0x81],
    ["--set-xmark 0x5", 0xff, 0x5],
    ["--or-mark 0x80", 0x1, 0x81],
    ["--and-mark 0xf", 0x81, 0x1],
    ["--xor-mark 0x81", 0x1, 0x80],
  ])("MARK %s on %i gives %i", (options, before, wanted) => {
    const marks = { ...start, mark: mark(before) };
    expect(applied("MARK", `-A C -j MARK ${options}`, marks).mark.value).toBe(wanted);
  });

  test("the highest bit stays a positive number", () => {
    const marks = applied("MARK", "-A C -j MARK --set-xmark 0x80000000/0x80000000");
    expect(marks.mark).toEqual(mark(0x80000000));
  });

  test("CONNMARK sets, restores and saves", () => {
    const set = applied("CONNMARK", "-A C -j CONNMARK --set-xmark 0x80/0x80");
    expect(set).toEqual({ mark: NO_MARK, connmark: mark(0x80) });
    const restored = applied(
      "CONNMARK",
      "-A C -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80",
      set,
    );
    expect(restored.mark).toEqual(mark(0x80));
    const old = applied("CONNMARK", "-A C -j CONNMARK --restore-mark --mask 0x1", set);
    expect(old.mark).toEqual(mark(0));
    const saved = applied("CONNMARK", "-A C -j CONNMARK --save-mark", {
      mark: mark(0x7),
      connmark: mark(0x80),
    });
    expect(saved.connmark).toEqual(mark(0x7));
  });

  test.each([
    ["MARK", "-A C -j MARK --restore-mark"],
    ["MARK", "-A C -j MARK"],
    ["MARK", "-A C -j MARK --set-xmark zero/0x1"],
  ])("%s with options that cannot be read is not guessed: %s", (target, text) => {
    expect(parseMarkAction(target, text)).toBeNull();
  });
});

describe("unknown bits", () => {
  test("answer maybe where they are asked for, no where a known bit differs", () => {
    expect(markAnswer(UNKNOWN, 0x80, 0x80)).toBe("maybe");
    expect(markAnswer(mark(0, 0x80), 0x80, 0x80)).toBe("no");
    expect(markAnswer(mark(0x80, 0x80), 0x80, 0x80)).toBe("yes");
    expect(markAnswer(mark(0x1, 0x1), 0x80, 0x81)).toBe("no");
  });

  test("become known where a rule writes them and travel with a restore", () => {
    const unknown: Marks = { mark: UNKNOWN, connmark: UNKNOWN };
    const set = applied("MARK", "-A C -j MARK --set-xmark 0x4000/0x4000", unknown);
    expect(set.mark).toEqual(mark(0x4000, 0x4000));
    const restored = applied("CONNMARK", "-A C -j CONNMARK --restore-mark", {
      mark: mark(0x1),
      connmark: UNKNOWN,
    });
    expect(markAnswer(restored.mark, 0x1, 0x1)).toBe("maybe");
  });
});
