import { defineConfig } from "vitest/config";

/** Where .ci/run wants the results as JSON, so that it can end with one plain line of counts. */
const resultsFile = process.env.PODPATH_TEST_RESULTS;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Reports carry RFC 3339 UTC times; a local zone must never leak into one.
    env: { TZ: "Asia/Seoul" },
    testTimeout: 30_000,
    reporters: resultsFile ? ["default", ["json", { outputFile: resultsFile }]] : ["default"],
  },
});
