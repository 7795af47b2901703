/** The program's own name and version, from its package.json: the same file in src and in dist. */
import { readFileSync } from "node:fs";

export function toolVersion(): { readonly name: string; readonly version: string } {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { version?: unknown } = JSON.parse(text);
  return { name: "podpath", version: typeof version === "string" ? version : "0.0.0" };
}
