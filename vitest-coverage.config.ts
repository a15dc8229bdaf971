import { defineConfig } from "vitest/config";
import { ENVIRONMENT, PROVEN, TESTS } from "./test/mutation/tests.ts";

export default defineConfig({
  test: {
    include: [...TESTS],
    env: ENVIRONMENT,
    isolate: false,
    testTimeout: 300_000,
    coverage: {
      provider: "istanbul",
      include: PROVEN.map((folder) => `src/${folder}/**`),
      reporter: ["text"],
      thresholds: Object.fromEntries(PROVEN.map((folder) => [`src/${folder}/**`, { lines: 95 }])),
    },
  },
});
