import { defineConfig } from "vitest/config";

const project = (name: string, folders: string[]) => ({
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
