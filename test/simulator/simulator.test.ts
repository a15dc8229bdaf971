/** The gate in a world where anything may fail: seeds of this run, and those that once found something. */
import { expect, test } from "vitest";
import { seedOfRun } from "../support/random.ts";
import { Coverage } from "./coverage.ts";
import { simulate } from "./simulate.ts";

const SEEDS = 500;

/** Found a fault once, by the seed; what it was. */
const CASES: readonly (readonly [seed: number, what: string])[] = [];

test("whatever fails, the invariants hold", async () => {
  const from = seedOfRun();
  const coverage = new Coverage();
  const failures: string[] = [];
  for (let seed = from; seed < from + SEEDS && failures.length < 3; seed++) {
    const report = await simulate(seed);
    coverage.add(report);
    if (report.problems.length > 0) failures.push(`seed ${seed}: ${report.problems.join("; ")}`);
  }
  console.log(`seeds ${from} to ${from + coverage.seeds - 1}\n${coverage.summary()}`);
  expect(failures, "run one again: npm run simulate -- --seeds 1 --trace --from SEED").toEqual([]);
});

test.each(CASES)("seed %i: %s", async (seed) => {
  expect((await simulate(seed)).problems).toEqual([]);
});

test("the same seed is the same run", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    expect((await simulate(seed)).traceDigest).toBe((await simulate(seed)).traceDigest);
  }
});
