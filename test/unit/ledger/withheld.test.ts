/** Bodies that are gone: every one is accounted for, or the first that is not is named. */
import { expect, test } from "vitest";
import { Found } from "../../../src/ledger/finding.ts";
import { WithheldBodies } from "../../../src/ledger/withheld.ts";

/** The first position without a word; null: there is none. */
function unrecorded(gone: readonly number[], bodies: readonly unknown[]): number | null {
  const withheld = new WithheldBodies();
  for (const position of gone) withheld.gone(position);
  for (const body of bodies) withheld.recorded(body);
  try {
    withheld.check();
    return null;
  } catch (error) {
    if (error instanceof Found) return error.finding.position;
    throw error;
  }
}

test("ranges that cover, overlap, touch, come in any order, or do not reach", () => {
  const of = (...positions: readonly (readonly [number, number])[]) => [{ positions }];
  expect(unrecorded([], [])).toBeNull();
  expect(unrecorded([3, 4, 5], of([3, 5]))).toBeNull();
  expect(unrecorded([3, 4, 5], of([5, 9], [0, 4]))).toBeNull();
  expect(unrecorded([3, 4, 5], of([0, 10], [4, 4]))).toBeNull();
  expect(unrecorded([3, 9, 20], [...of([9, 9]), ...of([20, 20], [3, 3])])).toBeNull();
  expect(unrecorded([3, 4, 5], [])).toBe(3);
  expect(unrecorded([3, 4, 5], of([4, 5]))).toBe(3);
  expect(unrecorded([3, 4, 5], of([3, 3], [5, 5]))).toBe(4);
  expect(unrecorded([3, 4, 5], of([3, 4]))).toBe(5);
  expect(unrecorded([3, 9], of([3, 3], [10, 20]))).toBe(9);
});

test("what is no list of ranges records nothing", () => {
  for (const body of [
    null,
    {},
    { positions: 1 },
    { positions: [3] },
    { positions: [["3", "3"]] },
    { positions: [[3]] },
  ]) {
    expect(unrecorded([3], [body])).toBe(3);
  }
});
