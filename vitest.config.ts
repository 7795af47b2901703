import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Reports carry RFC 3339 UTC times; a local zone must never leak into one.
    env: { TZ: "Asia/Seoul" },
    testTimeout: 30_000,
  },
});
