import { defineConfig } from "vitest/config";

// Pictures for the docs, of a house that somebody else runs; no journey is one of them.
export default defineConfig({
  test: { include: ["journeys/**/*.shot.ts"], testTimeout: 60_000 },
});
