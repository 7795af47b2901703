// A failing disk ends one input and not the run; the event loop gets its turn while files are read.
import { describe, expect, it } from "vitest";
import { attendedSource } from "../../src/node/attended-source.ts";
import type { InputError } from "../../src/node/input-error.ts";

const target = new Uint8Array(16);

describe("attendedSource", () => {
  it("hands through what the source says, without a promise", () => {
    const source = attendedSource(
      { readInto: () => 7 },
      "f",
      { lastMs: 0 },
      () => {},
      () => 1,
    );
    expect(source.readInto(target)).toBe(7);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("EIO");
      },
    ],
    ["rejects", () => Promise.reject(new Error("EIO"))],
  ])("ends the input once and for all when the source %s", async (_, readInto) => {
    const errors: InputError[] = [];
    const source = attendedSource(
      { readInto },
      "n1.pcap",
      { lastMs: 0 },
      (error) => errors.push(error),
      () => 1,
    );
    expect(await source.readInto(target)).toBe(0);
    expect(await source.readInto(target)).toBe(0);
    expect(errors.map(({ message }) => message)).toEqual(["n1.pcap: cannot be read (EIO)"]);
  });

  it("lets the event loop run when a tenth of a second has passed", async () => {
    let time = 0;
    const turns = { lastMs: 0 };
    const source = attendedSource(
      { readInto: () => 1 },
      "f",
      turns,
      () => {},
      () => time,
    );
    expect(source.readInto(target)).toBe(1);
    time = 100;
    let immediateRan = false;
    setImmediate(() => {
      immediateRan = true;
    });
    const reading = source.readInto(target);
    expect(reading).toBeInstanceOf(Promise);
    expect(await reading).toBe(1);
    expect(immediateRan).toBe(true);
    expect(source.readInto(target)).toBe(1);
  });
});
