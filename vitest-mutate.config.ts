/** The tests that need no worker, for `npm run mutate` and `npm run coverage`: with fixed dice and a share of the throws. */
import { sep } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What decides and what carries it out. `stryker.config.json` names the same. */
const PROVEN = ["decision", "rules", "content", "gate"];
/** Tables before dice: a mutant that a table kills never meets them. */
const ORDER = ["unit", "property", "spec"];

/** The tests named like the mutated file first, then those of its folder. */
class NearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const mutated = this.ctx.config.related?.[0]?.split(sep) ?? [];
    const [folder, file] = [mutated.at(-2), mutated.at(-1)?.replace(".ts", ".test.ts")];
    const rank = ({ moduleId }: TestSpecification) => {
      const near = !moduleId.includes(`/${folder}/`) ? 2 : moduleId.endsWith(`/${file}`) ? 0 : 1;
      return ORDER.findIndex((kind) => moduleId.includes(`/test/${kind}/`)) * 3 + near;
    };
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: [
      "test/{unit,property}/{config,content,decision,gate,rules}/**/*.test.ts",
      "test/spec/**/*.test.ts",
    ],
    env: { TENFOUR_SEED: "1", TENFOUR_CASES_PERCENT: "5" },
    isolate: false,
    testTimeout: 300_000,
    sequence: { sequencer: NearestFirst },
    coverage: {
      provider: "istanbul",
      include: PROVEN.map((folder) => `src/${folder}/**`),
      reporter: ["text"],
      thresholds: Object.fromEntries(PROVEN.map((folder) => [`src/${folder}/**`, { lines: 95 }])),
    },
  },
});
