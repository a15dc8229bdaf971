import { expect, test } from "vitest";
import type { Cell } from "../fault/matrix/cell.ts";
import { CELLS, gaps } from "../fault/matrix/cells.ts";
import { renderFaults } from "../fault/matrix/document.ts";

test("the fault matrix has no gap", () => {
  expect(gaps(CELLS)).toEqual([]);
});

test("docs/faults.md says what the fault matrix tests", async () => {
  await expect(renderFaults(CELLS)).toMatchFileSnapshot("../../docs/faults.md");
});

test("self-test: a missing cell is found, and one that is both", () => {
  const without = CELLS.filter(({ step, fault }) => step !== "cut" || fault !== "hangs");
  expect(gaps(without)).toEqual(["cut hangs is missing"]);
  const both: Cell[] = [...CELLS, { step: "read", fault: "late", cannot: "No." }];
  expect(gaps(both)).toEqual(["read late cannot happen, and does"]);
});
