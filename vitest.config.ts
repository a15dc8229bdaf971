import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import manifest from "./package.json" with { type: "json" };

/** What this package exports, from its sources: nothing is built for tests. */
const alias = Object.fromEntries(
  Object.entries(manifest.exports).map(([name, { "tenfour-source": source }]) => [
    name.replace(/^\./, manifest.name),
    fileURLToPath(new URL(source, import.meta.url)),
  ]),
);

const project = (name: string, folders: string[]) => ({
  resolve: { alias },
  test: {
    name,
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      project("tidy", ["tidy"]),
      project("pure", ["spec", "unit", "property", "simulator"]),
      project("worker", ["worker", "wire", "fault", "catalogue"]),
    ],
    maxWorkers: 2,
  },
});
