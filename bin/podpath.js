#!/usr/bin/env node
// The program is dist/program/main.js, made by `npm ci` (or `npm run build`) from src/cli/main.ts.
import { existsSync } from "node:fs";

const program = new URL("../dist/program/main.js", import.meta.url);

if (existsSync(program)) {
  const { main } = await import(program.href);
  // exitCode, not exit(): output that is still on its way to a pipe must arrive.
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("podpath: not built yet; run `npm ci` or `npm run build` in its folder\n");
  process.exitCode = 70;
}
