// A reader that goes away is no failure; a full disk is.
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { OutputError } from "../../src/node/output-error.ts";
import { writeChunks } from "../../src/node/write-chunks.ts";

/** Takes `blocks` writes and then fails with `code`. */
function failingAfter(blocks: number, code: string) {
  const taken: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      if (taken.length >= blocks) return done(Object.assign(new Error(code), { code }));
      taken.push(chunk.toString());
      done();
    },
  });
  stream.on("error", () => {});
  return { stream, taken };
}

function* counted(count: number, made: { chunks: number }) {
  for (let i = 0; i < count; i++) {
    made.chunks += 1;
    yield "x".repeat(1024);
  }
}

describe("writeChunks", () => {
  it("writes all chunks in order and few pieces", async () => {
    const { stream, taken } = failingAfter(Number.POSITIVE_INFINITY, "");
    const chunks = Array.from({ length: 1000 }, (_, i) => `${i}\n`);
    expect(await writeChunks(stream, "out", chunks)).toBe("written");
    expect(taken.join("")).toBe(chunks.join(""));
    expect(taken).toHaveLength(1);
  });

  it("stops making chunks when the reader has gone", async () => {
    const made = { chunks: 0 };
    const { stream } = failingAfter(1, "EPIPE");
    expect(await writeChunks(stream, "out", counted(10_000, made))).toBe("closed");
    expect(made.chunks).toBeLessThan(200);
  });

  it("tells a full disk", async () => {
    const { stream } = failingAfter(1, "ENOSPC");
    const written = writeChunks(stream, "standard output", counted(500, { chunks: 0 }));
    await expect(written).rejects.toThrow(OutputError);
    await expect(written).rejects.toThrow("standard output: no space left on the device");
  });
});
