/** The gate and the ledger's writer in a process that is lost at any step: seeds of this run; and each writer broken on purpose is found out. */
import { expect, test } from "vitest";
import { casesOfRun } from "../../support/pace.ts";
import { seedOfRun } from "../../support/random.ts";
import { type Break, brokenGate } from "../breaks.ts";
import { Coverage } from "../coverage.ts";
import { crash, IN_AN_EXCHANGE } from "./crash.ts";

const SEEDS = casesOfRun(150);
/** Within how many seeds each break must be found. */
const FOUND_WITHIN = 60;

test("whenever the process is lost, what left is on record, once, and the log is whole", async () => {
  const from = seedOfRun();
  const coverage = new Coverage();
  const failures: string[] = [];
  for (let seed = from; seed < from + SEEDS && failures.length < 3; seed++) {
    const report = await crash(seed);
    coverage.add(report);
    if (report.problems.length > 0) failures.push(`seed ${seed}: ${report.problems.join("; ")}`);
  }
  console.log(`seeds ${from} to ${from + coverage.seeds - 1}\n${coverage.summary()}`);
  expect(failures, "run one again: npm run simulate -- --crashes 1 --from SEED").toEqual([]);
  for (const hit of [IN_AN_EXCHANGE, "lost in the writer", "lost in the archive"]) {
    expect(coverage.of(hit), hit).toBeGreaterThan(SEEDS / 5);
  }
});

test.each([2_278, 4_962])(
  "lost with the rest still to be sent, after an answer that came too early (seed %i)",
  async (seed) => {
    expect((await crash(seed)).problems).toEqual([]);
  },
);

const BREAKS: readonly Omit<Break, "from">[] = [
  {
    name: "evidence counts as durable when it is sent",
    file: "gate/exchange.ts",
    find: "    await within(this.#intake.append(this.#pending.slice()), LIMITS.d1_ms_max, () => {",
    replace:
      "    quiet(this.#intake.append(this.#pending.slice()));\n    await within(Promise.resolve(), LIMITS.d1_ms_max, () => {",
  },
  {
    name: "what never closed is left open",
    file: "ledger-writer/sweep.ts",
    find: "    if (await store.append([",
    replace: "    if (closed < 0 && await store.append([",
  },
  {
    name: "what was decided and never closed counts as not left",
    file: "ledger-writer/sweep.ts",
    find: "    in_doubt: Math.max(",
    replace: "    in_doubt: Math.min(0,",
  },
  {
    name: "a head is signed over entries that were not read",
    file: "ledger-writer/write.ts",
    find: "    await readLog(follows, store.readTile),",
    replace: "    await readLog(Math.min(follows, 8), store.readTile),",
  },
  {
    name: "changes have another number each time they are taken over",
    file: "ledger-writer/write.ts",
    find: "      position: change.seq,",
    replace: "      position: change.seq + (head?.size ?? 0),",
  },
  {
    name: "of an exchange of several pages only the first is read",
    file: "ledger-writer/ended.ts",
    find: "    if (page.length === 0) break;",
    replace: "    if (page.length === 0 || from > 0) break;",
  },
  {
    name: "an object of the archive is noted before it is written",
    file: "ledger-writer/archive.ts",
    find: "    await archive.put(archiveName(object), bytes);\n    if (!(await store.noteArchived(object))) break;",
    replace:
      "    if (!(await store.noteArchived(object))) break;\n    await archive.put(archiveName(object), bytes);",
  },
];

test.each(BREAKS)("found: $name", async (broken) => {
  const parts = await brokenGate({ ...broken, from: 0 });
  let found: number | null = null;
  for (let seed = 0; seed < FOUND_WITHIN && found === null; seed++) {
    if ((await crash(seed, parts)).problems.length > 0) found = seed;
  }
  expect(found, `not found within ${FOUND_WITHIN} seeds`).not.toBeNull();
});
