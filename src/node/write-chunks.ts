/** Chunks of text or bytes to a stream whose reader may go away or whose disk may be full. */
import type { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { errorCode, OutputError } from "./output-error.ts";
import { TextBlock } from "./text-block.ts";

/**
 * Writes all of `chunks`, waiting for each block. "closed": the reader went away (`| head`), which is no failure.
 * Throws OutputError for everything else that goes wrong with the stream.
 */
export async function writeChunks(
  stream: Writable,
  name: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<"written" | "closed"> {
  const block = new TextBlock();
  for (const chunk of chunks) {
    if (typeof chunk !== "string") {
      if ((await writeBlock(stream, name, block.take())) === "closed") return "closed";
      if ((await writeBlock(stream, name, chunk)) === "closed") return "closed";
      continue;
    }
    for (let rest = block.add(chunk); rest !== ""; rest = block.add(rest)) {
      if ((await writeBlock(stream, name, block.take())) === "closed") return "closed";
      // Writes to files and pipes end at once, so that nothing but this lets a signal through before the last of them.
      await turn();
    }
  }
  const last = block.take();
  return last.length === 0 ? "written" : writeBlock(stream, name, last);
}

function writeBlock(
  stream: Writable,
  name: string,
  bytes: Uint8Array,
): Promise<"written" | "closed"> {
  return new Promise((resolve, reject) => {
    // A copy: some streams keep what they are given for longer than until they say that it is written.
    stream.write(Buffer.from(bytes), (error) => {
      if (error === null || error === undefined) resolve("written");
      else if (READER_GONE.has(errorCode(error))) resolve("closed");
      else reject(new OutputError(name, error));
    });
  });
}

const READER_GONE: ReadonlySet<string> = new Set([
  "EPIPE",
  "ECONNRESET",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);
