import { defineConfig } from "vitest/config";

// Measures report figures and judge none: what they find is the machine's, too.
export default defineConfig({
  test: {
    include: ["journeys/**/*.measure.ts"],
    globalSetup: "journeys/stack.ts",
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
