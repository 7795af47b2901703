// Puts the compiled modules of the program into a few files: opening two hundred small ones costs more than a small analysis.
// What a command needs only sometimes (drawing, schema, YAML, the second reader) stays outside and is loaded when asked for.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { main: "dist/cli/main.js" },
  platform: "node",
  external: [/^node:/, "d3-node", "fzstd", "pcap-parser", "yaml", "zod"],
  output: { dir: "dist/program", format: "esm", cleanDir: true },
});
