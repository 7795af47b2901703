import fc from "fast-check";
import { expect, it } from "vitest";
import { TextBlock } from "../../src/node/text-block.ts";

const BLOCK_BYTES = 64 * 1024;

/** All blocks that the chunks fill, one after the other. */
function written(chunks: readonly string[]): { readonly bytes: Buffer; readonly longest: number } {
  const block = new TextBlock();
  const blocks: Buffer[] = [];
  for (const chunk of chunks)
    for (let rest = block.add(chunk); rest !== ""; rest = block.add(rest))
      blocks.push(Buffer.from(block.take()));
  blocks.push(Buffer.from(block.take()));
  return { bytes: Buffer.concat(blocks), longest: Math.max(...blocks.map((one) => one.length)) };
}

it("writes what the whole text is in UTF-8, wherever its characters meet the end of a block", () => {
  const piece = fc.constantFrom("a", "é", "→", "웹", "\u{1f600}", "\ud800", "x".repeat(999), "");
  const long = fc.constantFrom("y".repeat(70_000), "→".repeat(40_000), "\u{1f600}".repeat(20_000));
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, piece, piece, long), { maxLength: 200 }), (chunks) => {
      const { bytes, longest } = written(chunks);
      expect(bytes.equals(Buffer.from(chunks.join("")))).toBe(true);
      expect(longest).toBeLessThanOrEqual(BLOCK_BYTES);
    }),
    { numRuns: 50 },
  );
});
