/**
 * Goal: the gallery shows what podpath draws today. Method: make every picture of it again and compare; `npm run docs` rewrites
 * it. Whoever changes a picture looks at it here.
 */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";
import { GALLERY, galleryMarkdown } from "./support/gallery.ts";
import { ROOT } from "./support/repository.ts";

async function made(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(command);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
}

describe("the gallery", () => {
  it.each(GALLERY.map(({ name, command }) => [name, command] as const))(
    "shows %s as it is drawn today",
    async (name, command) => {
      await expect(await made(command)).toMatchFileSnapshot(`../docs/gallery/${name}.svg`);
    },
  );

  it("says what it shows, and how to make it", async () => {
    const mermaid = await made(["diagram", "path", "conn-6", "samples/tour", "-o", "mermaid"]);
    await expect(galleryMarkdown(mermaid)).toMatchFileSnapshot("../docs/gallery.md");
  });

  it("holds no picture that its page does not show", () => {
    const shown = new Set(GALLERY.map(({ name }) => `${name}.svg`));
    expect(readdirSync(`${ROOT}docs/gallery`).filter((file) => !shown.has(file))).toEqual([]);
  });
});
