/** Which tests prove the code that decides and carries it out, and how they run where each line is counted or may be a mutant. */

/** Folders of `src/`. `stryker.config.json` names the same. */
export const PROVEN = ["decision", "rules", "content", "gate"] as const;

/** Those that need no worker. A mutant meets the cheapest first: one that a table kills never meets the dice. */
export const TESTS = [
  "test/unit/{config,content,decision,gate,rules}/**/*.test.ts",
  "test/property/**/*.test.ts",
  "test/spec/**/*.test.ts",
  "test/simulator/simulator.test.ts",
] as const;

/** Fixed dice, and a share of the throws. */
export const ENVIRONMENT = { TENFOUR_SEED: "1", TENFOUR_CASES_PERCENT: "2" } as const;
