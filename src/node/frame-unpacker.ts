/**
 * What zstd and LZ4 have in common: frames of blocks, frames one after another, and skippable frames between them (RFC 8878
 * section 3.1.2, which LZ4 shares). A block is unpacked when all of it is there.
 */
import { ByteWindow } from "../core/capture/byte-window.ts";
import { PAUSE_AFTER_BYTES, type Unpacker, type UnpackFailure } from "./unpacker.ts";

/** A contradiction in the packed bytes; caught by `FrameUnpacker`, which keeps what came out before it. */
export class PackedDamage extends Error {}

/** One step of a format: true when it consumed something and another step may follow, false when it needs more bytes. */
export abstract class FrameUnpacker implements Unpacker {
  readonly output: Uint8Array[] = [];
  readonly keepsBack = false;
  failure: UnpackFailure | null = null;
  isPaused = false;
  protected readonly window = new ByteWindow(256 * 1024);
  #skip = 0;

  /** Between frames nothing is missing when the bytes end. */
  protected abstract readonly isBetweenFrames: boolean;
  protected abstract step(): boolean;
  /** Gives what the bytes of a block that was cut still tell. */
  protected abstract unpackCutBlock(): void;

  write(piece: Uint8Array): void {
    if (this.failure !== null) return;
    for (let done = 0; done < piece.length; ) {
      const space = this.window.space();
      const count = Math.min(space.length, piece.length - done);
      space.set(piece.subarray(done, done + count));
      this.window.filled(count);
      done += count;
    }
    this.#run();
  }

  resume(): void {
    this.isPaused = false;
    this.#run();
  }

  end(): void {
    if (this.failure !== null) return;
    const isComplete = this.isBetweenFrames && this.available === 0 && this.#skip === 0;
    if (isComplete) return;
    this.#guard(() => this.unpackCutBlock());
    this.failure ??= { isCut: true, message: "the packed bytes end in the middle" };
  }

  close(): void {
    this.output.length = 0;
  }

  protected get available(): number {
    return this.window.end - this.window.start;
  }

  /** Bytes to step over, now or when they come. */
  protected skip(count: number): void {
    this.#skip += count;
  }

  #run(): void {
    this.#guard(() => {
      let bytes = 0;
      while (this.#passSkipped() && this.step()) {
        bytes += this.output.at(-1)?.length ?? 0;
        if (bytes >= PAUSE_AFTER_BYTES) {
          this.isPaused = true;
          return;
        }
      }
    });
  }

  #passSkipped(): boolean {
    const count = Math.min(this.#skip, this.available);
    this.window.start += count;
    this.#skip -= count;
    return this.#skip === 0;
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof PackedDamage)) throw error;
      this.failure ??= { isCut: false, message: error.message };
    }
  }
}
