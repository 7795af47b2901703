import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { readAll } from "../../src/node/byte-origin.ts";
import { FileOrigin } from "../../src/node/file-source.ts";
import { FollowSource, waitForBytes } from "../../src/node/follow-source.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function growing(content: string) {
  const path = join(temporaryDirectory({ "a.pcap": content }), "a.pcap");
  const controller = new AbortController();
  return { path, controller, following: { signal: controller.signal, idleMs: null } };
}

describe("FollowSource", () => {
  it("gives what is there, then what comes, and ends when it is told to", async () => {
    const { path, controller, following } = growing("first ");
    const source = new FollowSource(path, "a.pcap", following);
    const target = Buffer.alloc(100);
    expect(source.readInto(target)).toBe(6);
    const pending = source.readInto(target);
    appendFileSync(path, "second");
    expect(await pending).toBe(6);
    expect(target.subarray(0, 6).toString()).toBe("second");
    const last = source.readInto(target);
    controller.abort();
    expect(await last).toBe(0);
    expect(source.readInto(target)).toBe(0);
  });

  it("gives what was written up to the signal and nothing of what came later", async () => {
    const { path, controller, following } = growing("before");
    const source = new FollowSource(path, "a.pcap", following);
    const target = Buffer.alloc(2);
    expect(source.readInto(target)).toBe(2);
    controller.abort();
    expect(source.readInto(target)).toBe(2);
    appendFileSync(path, " and after");
    expect((await readAll(source, 100))?.toString()).toBe("re");
  });

  it("ends by itself when the file rests", async () => {
    const { path, following } = growing("all");
    const source = new FollowSource(path, "a.pcap", { ...following, idleMs: 1 });
    expect((await readAll(source, 100))?.toString()).toBe("all");
  });

  it("says what is wrong with a file that cannot be read", () => {
    const { following } = growing("");
    const source = new FollowSource("/no/such/file", "named", following);
    expect(() => source.readInto(Buffer.alloc(1))).toThrow("named: no such file");
  });
});

describe("a file that may be followed", () => {
  it("is waited for until it tells what it is", async () => {
    const { path, following } = growing("");
    const origin = new FileOrigin(path, "a.pcap", 0, following);
    const head = origin.peek(4096);
    await turn();
    writeFileSync(path, "x".repeat(24));
    expect((await head).length).toBe(24);
  });

  it("is read as it is when it is no capture", async () => {
    const { path, following } = growing("a text of more than two dozen bytes");
    const origin = new FileOrigin(path, "a.txt", 35, following);
    expect((await readAll(origin.open(), 100))?.length).toBe(35);
    expect(origin).toMatchObject({ canReopen: true, sizeBytes: 35 });
  });

  it("has no size and cannot be read again once it is followed", () => {
    const { path, following } = growing("x");
    const origin = new FileOrigin(path, "a.pcap", 1, following);
    origin.follow();
    expect(origin).toMatchObject({ canReopen: false, sizeBytes: null });
  });

  it("is not waited for any longer than its rest allows", async () => {
    const { following } = growing("");
    await waitForBytes(() => 0, 24, { ...following, idleMs: 1 });
    const ended = new AbortController();
    ended.abort();
    await waitForBytes(() => 0, 24, { signal: ended.signal, idleMs: null });
  });
});
