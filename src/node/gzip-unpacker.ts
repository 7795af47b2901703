/** gzip (RFC 1952), also several members one after another, by the zlib of Node. */
import { createGunzip, type Gunzip } from "node:zlib";
import type { Unpacker, UnpackFailure } from "./unpacker.ts";

const OUTPUT_BLOCK_BYTES = 1024 * 1024;

export class GzipUnpacker implements Unpacker {
  readonly output: Buffer[] = [];
  readonly isPaused = false;
  readonly keepsBack = true;
  failure: UnpackFailure | null = null;
  readonly #transform: Gunzip = createGunzip({ chunkSize: OUTPUT_BLOCK_BYTES });
  /** Ends the wait for the current piece: zlib never calls a write's callback after an error. */
  #settle: () => void = () => {};

  constructor() {
    this.#transform.on("data", (block: Buffer) => this.output.push(block));
    this.#transform.on("error", (error: Error) => {
      const isCut = "code" in error && error.code === "Z_BUF_ERROR";
      this.failure ??= { isCut, message: error.message };
      this.#settle();
    });
    this.#transform.on("end", () => this.#settle());
    this.#transform.on("close", () => this.#settle());
  }

  write(piece: Uint8Array): Promise<void> {
    return this.#wait(() => this.#transform.write(piece, () => this.#settle()));
  }

  resume(): void {}

  end(): Promise<void> {
    return this.#wait(() => this.#transform.end());
  }

  close(): void {
    this.#transform.destroy();
  }

  #wait(action: () => void): Promise<void> {
    // After its end (bytes behind the last member) or an error, the transform takes no more and says nothing.
    if (this.#transform.destroyed || this.#transform.readableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settle = resolve;
      action();
    });
  }
}
