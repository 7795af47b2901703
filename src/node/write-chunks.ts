/** Chunks of text or bytes to a stream whose reader may go away or whose disk may be full. */
import type { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { errorCode, OutputError } from "./output-error.ts";

const BLOCK_CHARACTERS = 64 * 1024;

/**
 * Writes all of `chunks`, waiting for each block. "closed": the reader went away (`| head`), which is no failure.
 * Throws OutputError for everything else that goes wrong with the stream.
 */
export async function writeChunks(
  stream: Writable,
  name: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<"written" | "closed"> {
  let pending = "";
  for (const chunk of chunks) {
    if (typeof chunk !== "string") {
      if ((await writeBlock(stream, name, pending)) === "closed") return "closed";
      if ((await writeBlock(stream, name, chunk)) === "closed") return "closed";
      pending = "";
      continue;
    }
    pending += chunk;
    if (pending.length < BLOCK_CHARACTERS) continue;
    if ((await writeBlock(stream, name, pending)) === "closed") return "closed";
    pending = "";
    // Writes to files and pipes end at once, so that nothing but this lets a signal through before the last of them.
    await turn();
  }
  return pending === "" ? "written" : writeBlock(stream, name, pending);
}

function writeBlock(
  stream: Writable,
  name: string,
  block: string | Uint8Array,
): Promise<"written" | "closed"> {
  return new Promise((resolve, reject) => {
    stream.write(block, (error) => {
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
