import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readAll } from "../../src/node/byte-origin.ts";
import { StreamOrigin } from "../../src/node/stream-source.ts";

describe("StreamOrigin", () => {
  const chunks = () => Readable.from([Buffer.from("ab"), Buffer.alloc(0), Buffer.from("cdef")]);

  it("gives the bytes that were looked at first, then the others", async () => {
    const origin = new StreamOrigin(chunks(), "-");
    expect(Buffer.from(await origin.peek(1)).toString()).toBe("a");
    expect(Buffer.from(await origin.peek(3)).toString()).toBe("abc");
    expect((await readAll(origin.open(), 100))?.toString()).toBe("abcdef");
  });

  it("fills small targets from one chunk without losing bytes", async () => {
    const source = new StreamOrigin(chunks(), "-").open();
    const target = new Uint8Array(3);
    const parts: string[] = [];
    for (;;) {
      const count = await source.readInto(target);
      if (count === 0) break;
      parts.push(Buffer.from(target.subarray(0, count)).toString());
    }
    expect(parts).toEqual(["ab", "cde", "f"]);
  });

  it("can be opened again when all of it was looked at", async () => {
    const origin = new StreamOrigin(chunks(), "-");
    expect(origin.canReopen).toBe(false);
    await origin.peek(100);
    expect(origin.canReopen).toBe(true);
    expect((await readAll(origin.open(), 100))?.toString()).toBe("abcdef");
    expect((await readAll(origin.open(), 100))?.toString()).toBe("abcdef");
  });

  it("takes a stream of text for its bytes", async () => {
    const stream = Readable.from(["ä", "b"], { objectMode: true });
    expect((await readAll(new StreamOrigin(stream, "-").open(), 100))?.toString()).toBe("äb");
  });

  it("rejects with an InputError when the stream fails, and ends then", async () => {
    const failing = new Readable({
      read() {
        this.destroy(new Error("the pipe broke"));
      },
    });
    const source = new StreamOrigin(failing, "-").open();
    await expect(source.readInto(new Uint8Array(8))).rejects.toMatchObject({
      name: "InputError",
      kind: "unreadable",
      file: "-",
      message: expect.stringContaining("the pipe broke"),
    });
    expect(await source.readInto(new Uint8Array(8))).toBe(0);
  });

  it("stops reading when it is closed", async () => {
    const stream = new Readable({
      read() {
        this.push(Buffer.alloc(1000));
      },
    });
    const source = new StreamOrigin(stream, "-").open();
    await source.readInto(new Uint8Array(10));
    source.close();
    expect(stream.destroyed).toBe(true);
    expect(await source.readInto(new Uint8Array(10))).toBe(0);
  });
});
