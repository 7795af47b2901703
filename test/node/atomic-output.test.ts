// A write is old or new, never half: every system call of the write path fails once.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OutputFileSystem, writeFileAtomically } from "../../src/node/atomic-output.ts";
import { OutputError } from "../../src/node/output-error.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-output-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const real: OutputFileSystem = {
  open: (path, flags) => openSync(path, flags),
  write: (fd, bytes) => writeSync(fd, bytes),
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  unlink: unlinkSync,
};

/** The real calls, of which `call` fails the `nth` time. */
function failing(call: keyof OutputFileSystem, nth: number, code: string): OutputFileSystem {
  let count = 0;
  const failure = Object.assign(new Error(code), { code });
  const original = real[call] as (...args: unknown[]) => unknown;
  return {
    ...real,
    [call]: (...args: unknown[]) => {
      count += 1;
      if (count === nth) throw failure;
      return original(...args);
    },
  };
}

const LARGE = Array.from({ length: 400 }, (_, i) => `${"x".repeat(1000)}${i}\n`);

describe("writeFileAtomically", () => {
  it("writes a new file and leaves nothing else", async () => {
    await writeFileAtomically(join(folder, "r.json"), LARGE);
    expect(readFileSync(join(folder, "r.json"), "utf8")).toBe(LARGE.join(""));
    expect(readdirSync(folder)).toEqual(["r.json"]);
  });

  it("replaces an old file and keeps its mode", async () => {
    const path = join(folder, "r.json");
    writeFileSync(path, "old", { mode: 0o640 });
    await writeFileAtomically(path, ["new"]);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("replaces what a symbolic link points to, not the link", async () => {
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real/r.json"), "old");
    symlinkSync("real/r.json", join(folder, "link"));
    await writeFileAtomically(join(folder, "link"), ["new"]);
    expect(readFileSync(join(folder, "real/r.json"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["link", "real"]);
  });

  const calls = [
    ["open", 1, "EACCES"],
    ["write", 1, "ENOSPC"],
    ["write", 3, "EIO"],
    ["sync", 1, "EIO"],
    ["close", 1, "EDQUOT"],
    ["rename", 1, "EROFS"],
  ] as const;
  it.each(calls)("keeps the old file when %s number %i fails with %s", async (call, nth, code) => {
    const path = join(folder, "r.json");
    writeFileSync(path, "old");
    const write = () => writeFileAtomically(path, LARGE, failing(call, nth, code));
    await expect(write()).rejects.toThrow(OutputError);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["r.json"]);
  });

  it("goes on after a short write", async () => {
    const short = {
      ...real,
      write: (fd: number, bytes: Uint8Array) => writeSync(fd, bytes.subarray(0, 1000)),
    };
    await writeFileAtomically(join(folder, "r.json"), LARGE, short);
    expect(readFileSync(join(folder, "r.json"), "utf8")).toBe(LARGE.join(""));
  });

  it("passes on a failure of the renderer as what it is", async () => {
    function* broken() {
      yield "half";
      throw new TypeError("a bug");
    }
    const path = join(folder, "r.json");
    await expect(writeFileAtomically(path, broken())).rejects.toThrow(TypeError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("clears away what a killed run left, and nothing of a living one", async () => {
    // Above every process id that Linux gives (pid_max is at most 2^22).
    const dead = ".r.json.podpath-99999999.tmp";
    const alive = `.r.json.podpath-${process.ppid}.tmp`;
    writeFileSync(join(folder, dead), "half");
    writeFileSync(join(folder, alive), "half");
    await writeFileAtomically(join(folder, "r.json"), ["new"]);
    expect(readdirSync(folder).sort()).toEqual([alive, "r.json"].sort());
  });

  it("writes a device in place and says when it is full", async () => {
    await writeFileAtomically("/dev/null", ["x"]);
    const write = () => writeFileAtomically("/dev/full", ["x"]);
    await expect(write()).rejects.toThrow("/dev/full: no space left on the device");
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  });

  it("lets the process hear signals while it writes", async () => {
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    let blocks = 0;
    function* untilTurned() {
      for (; !turned && blocks < 1_000; blocks++) yield "x".repeat(70_000);
    }
    await writeFileAtomically(join(folder, "r.json"), untilTurned());
    expect(blocks).toBeLessThan(1_000);
  });

  it("leaves nothing behind when the process is ended halfway", async () => {
    const path = join(folder, "r.json");
    writeFileSync(path, "old");
    const before = process.listeners("exit");
    function* ended() {
      yield "x".repeat(70_000);
      expect(readdirSync(folder)).toHaveLength(2);
      for (const listener of process.listeners("exit"))
        if (!before.includes(listener)) listener.call(process, 130);
      expect(readdirSync(folder)).toEqual(["r.json"]);
      throw new Error("the end");
    }
    await expect(writeFileAtomically(path, ended())).rejects.toThrow("the end");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(process.listeners("exit")).toEqual(before);
  });

  it.each([
    ["a missing folder", "none/r.json", "its folder does not exist"],
    ["a folder", ".", "it is a folder"],
  ])("says what is wrong with %s", async (_, name, what) => {
    await expect(writeFileAtomically(join(folder, name), ["x"])).rejects.toThrow(what);
  });
});
