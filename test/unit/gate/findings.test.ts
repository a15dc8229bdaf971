/** What was found is said once and referred to by number, and no two findings are ever taken for one. */
import { expect, test } from "vitest";
import type { Finding } from "../../../src/evidence/entries.ts";
import { FindingList, FindingNames } from "../../../src/gate/findings.ts";

const FINDING: Finding = {
  account: "acme",
  conversation: "m1",
  outcome: "forwarded",
  reason: "consented",
  consents: ["a", "b"],
};
const OTHERS: readonly Finding[] = [
  { ...FINDING, account: "globex" },
  { ...FINDING, account: null },
  { ...FINDING, conversation: "m2" },
  { ...FINDING, conversation: null },
  { ...FINDING, account: "m1", conversation: "acme" },
  { ...FINDING, outcome: "stripped" },
  { ...FINDING, reason: "serve" },
  { ...FINDING, consents: ["a"] },
  { ...FINDING, consents: ["b", "a"] },
  { ...FINDING, consents: ["ab"] },
  { ...FINDING, consents: [] },
];

test("each has one place, and the same has the same", () => {
  const list = new FindingList();
  for (let round = 0; round < 2; round++) {
    expect([FINDING, ...OTHERS].map((one) => list.add({ ...one }))).toEqual(
      [FINDING, ...OTHERS].map((_, i) => i),
    );
  }
  expect(list.list).toEqual([FINDING, ...OTHERS]);
  expect(new FindingList(list.list).add({ ...OTHERS[3]! })).toBe(4);
});

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...FINDING, account: `a${i}` }));

test("a list is full at 4,096", () => {
  const list = new FindingList(many(4_095));
  expect(list.full).toBe(false);
  list.add(FINDING);
  expect(list.full).toBe(true);
});

test("numbers go on over an exchange; what is named is named once, and after a while again", () => {
  const names = new FindingNames();
  const named: Finding[] = [];
  const number = (finding: Finding) => names.number(finding, (one) => void named.push(one));
  const first = many(4_096);
  expect(first.map(number)).toEqual(first.map((_, i) => i));
  expect(first.map(number)).toEqual(first.map((_, i) => i));
  expect([named.length, names.next]).toEqual([4_096, 4_096]);
  expect(number(FINDING)).toBe(4_096);
  expect([number(first[0]!), number(FINDING)]).toEqual([4_097, 4_096]);
  expect([named.length, names.next]).toEqual([4_098, 4_098]);
});
