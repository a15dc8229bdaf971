/**
 * Runs many seeds: `npm run simulate -- --seeds 10000 --from 0`; or until so many processes were lost with an exchange under way:
 * `-- --crashes 10000`. Prints what they came to; exits 1 if an invariant did not hold.
 */
import { optionsOf, wholeNumber } from "../../scripts/options.ts";
import { Coverage } from "./coverage.ts";
import { crash, IN_AN_EXCHANGE } from "./crash/crash.ts";
import { simulate } from "./simulate.ts";

const USAGE = "npm run simulate -- [--seeds N | --crashes N] [--from SEED] [--trace]";
const values = optionsOf(USAGE, {
  seeds: { type: "string", default: "500" },
  crashes: { type: "string" },
  from: { type: "string", default: "0" },
  trace: { type: "boolean", default: false },
});
const from = wholeNumber(USAGE, "from", values.from, 0);
const seeds = wholeNumber(USAGE, "seeds", values.seeds);
const crashes = values.crashes === undefined ? null : wholeNumber(USAGE, "crashes", values.crashes);
const coverage = new Coverage();
const began = performance.now();
let failed = 0;
const run = crashes === null ? simulate : crash;
const enough = (seed: number): boolean =>
  crashes === null ? seed >= from + seeds : coverage.of(IN_AN_EXCHANGE) >= crashes;
for (let seed = from; !enough(seed) && failed < 10; seed++) {
  const report = await run(seed);
  coverage.add(report);
  if (values.trace && "trace" in report) console.log((report.trace as string[]).join("\n"));
  if (report.problems.length === 0) continue;
  failed += 1;
  const again = crashes === null ? `--from ${seed} --seeds 1 --trace` : `--from ${seed} --crashes 1`;
  console.log(
    `seed ${seed} (again: npm run simulate -- ${again})\n  ${report.problems.slice(0, 8).join("\n  ")}`,
  );
}
console.log(coverage.summary());
console.log(
  `${coverage.seeds} seeds in ${((performance.now() - began) / 1_000).toFixed(1)} s, ${failed} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
