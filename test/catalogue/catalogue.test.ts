/**
 * Black box, one test a row: each way past the gate that is known, tried on a running one. The marker never reaches an upstream, an answer,
 * the log or a database, however it is wrapped.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Bench, openBench } from "./bench.ts";
import { ROWS } from "./rows.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.rig.dispose());

describe("the catalogue", () => {
  test.each(ROWS)("$id $what", async ({ tries = [], run }) => {
    for (const attempt of tries) await bench.attempt(attempt);
    await run?.(bench);
    bench.sawNoMarker();
  });

  test("nothing of it was recorded", () => bench.recordedNoMarker());
});
