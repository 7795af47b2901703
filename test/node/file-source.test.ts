import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileOrigin } from "../../src/node/file-source.ts";
import { InputError } from "../../src/node/input-error.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function fileOf(content: string): FileOrigin {
  const path = join(temporaryDirectory({ "a.txt": content }), "a.txt");
  return new FileOrigin(path, "a.txt", content.length);
}

describe("FileOrigin", () => {
  it("answers with numbers, block by block, from any offset, and stays at its end", () => {
    const source = fileOf("abcdefg").openAt(2);
    const target = new Uint8Array(3);
    const counts = [1, 2, 3, 4].map(() => source.readInto(target));
    expect(counts).toEqual([3, 2, 0, 0]);
  });

  it("shows the first bytes as often as asked", async () => {
    const origin = fileOf("abc");
    expect(Buffer.from(await origin.peek(2)).toString()).toBe("ab");
    expect(Buffer.from(await origin.peek(9)).toString()).toBe("abc");
  });

  it("gives nothing more once closed", () => {
    const source = fileOf("abcdef").open();
    expect(source.readInto(new Uint8Array(2))).toBe(2);
    source.close();
    source.close();
    expect(source.readInto(new Uint8Array(2))).toBe(0);
  });

  it("throws an InputError under the user's name when the file has gone", () => {
    const path = join(temporaryDirectory({ x: "x" }), "x");
    const source = new FileOrigin(path, "as/given", 1).open();
    rmSync(path);
    expect(() => source.readInto(new Uint8Array(1))).toThrow(InputError);
    expect(() => new FileOrigin(path, "as/given", 1).open().readInto(new Uint8Array(1))).toThrow(
      "as/given: no such file",
    );
  });
});
