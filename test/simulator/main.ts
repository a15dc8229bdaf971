/** Runs many seeds: `npm run simulate -- --seeds 10000 --from 0`. Prints what they came to; exits 1 if an invariant did not hold. */
import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    from: { type: "string", default: "0" },
    trace: { type: "boolean", default: false },
  },
});
const from = Number(values.from);
const seeds = Number(values.seeds);
const coverage = new Coverage();
const began = performance.now();
let failed = 0;
for (let seed = from; seed < from + seeds && failed < 10; seed++) {
  const report = await simulate(seed);
  coverage.add(report);
  if (values.trace) console.log(report.trace.join("\n"));
  if (report.problems.length === 0) continue;
  failed += 1;
  console.log(
    `seed ${seed} (again: npm run simulate -- --from ${seed} --seeds 1 --trace)\n  ${report.problems.slice(0, 8).join("\n  ")}`,
  );
}
console.log(coverage.summary());
console.log(
  `${coverage.seeds} seeds in ${((performance.now() - began) / 1_000).toFixed(1)} s, ${failed} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
