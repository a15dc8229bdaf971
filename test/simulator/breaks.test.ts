/** The simulator can fail: it finds every gate that was broken on purpose. */
import { expect, test } from "vitest";
import { BREAKS, brokenGate } from "./breaks.ts";
import { simulate } from "./simulate.ts";

/** Within how many seeds each must be found. */
const SEEDS = 150;

test.each(BREAKS)("found: $name", async (broken) => {
  const parts = await brokenGate(broken);
  let found: number | null = null;
  for (let seed = broken.from; seed < broken.from + SEEDS && found === null; seed++) {
    if ((await simulate(seed, parts)).problems.length > 0) found = seed;
  }
  expect(found, `not found within ${SEEDS} seeds`).not.toBeNull();
});
