import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8 } from "../../../src/core/capture/utf8.ts";

describe("decodeUtf8", () => {
  it("decodes any bytes as the platform's TextDecoder does", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    // Half the runs are bytes that often are lead and continuation bytes, where the rules differ.
    const interesting = fc.constantFrom(
      ...[0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe2, 0xed, 0xef],
      ...[0xf0, 0xf1, 0xf4, 0xf5, 0xff, 0xbb, 0x90, 0x8f],
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(interesting, { maxLength: 12 }).map((list) => Uint8Array.from(list)),
      fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        expect(decodeUtf8(input, 0, input.length)).toBe(decoder.decode(input));
      }),
      { numRuns: 1500 },
    );
  });

  it("reads nothing outside the asked range", () => {
    const bytes = new TextEncoder().encode("aä€𝄞b");
    expect(decodeUtf8(bytes, 1, 3)).toBe("ä");
    expect(decodeUtf8(bytes, 1, 2)).toBe("\ufffd");
    expect(decodeUtf8(bytes, 6, 9)).toBe("\ufffd");
    expect(decodeUtf8(bytes, 4, 4)).toBe("");
  });
});
