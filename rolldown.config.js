// Puts the compiled modules into a few files. Of the program, because opening two hundred small ones costs more than a small
// analysis: what a command needs only sometimes (drawing, schema, YAML, the second reader) stays outside and is loaded when
// asked for. Of the HTML report's page, because its script is written into the report.
import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

const styleSheet = {
  name: "page-style",
  generateBundle() {
    const source = readFileSync("src/web/report-page.css", "utf8");
    this.emitFile({ type: "asset", fileName: "report-page.css", source });
  },
};

export default defineConfig([
  {
    input: { main: "dist/cli/main.js" },
    platform: "node",
    external: [/^node:/, "d3-node", "fzstd", "pcap-parser", "yaml", "zod"],
    output: { dir: "dist/program", format: "esm", cleanDir: true },
  },
  {
    input: { "report-page": "dist/web/report-page.js" },
    platform: "browser",
    plugins: [styleSheet],
    output: { dir: "dist/page", format: "iife", minify: true, cleanDir: true },
  },
]);
