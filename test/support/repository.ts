/** The project's own files, for tests that look at the source itself. Paths are relative to the root, with "/". */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Made by tools and not in the repository (.gitignore says the same). */
const NOT_OURS = new Set(["node_modules", "dist", "coverage", "fuzz-out", ".git"]);

/** Files below `folder` ("" is the whole project), sorted, so that a failure reads the same everywhere. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(`${ROOT}${folder}`, { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

export function readText(path: string): string {
  return readFileSync(`${ROOT}${path}`, "utf8");
}
