/** What is learnt of records, how often, and what is told of those that are recognised. */
import { expect, test } from "vitest";
import { ROW } from "../../../../src/content/framing.ts";
import { JsonScanner } from "../../../../src/content/json/scan.ts";
import { Skeletons } from "../../../../src/content/json/skeletons.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
import { SKELETONS } from "../../../support/skeletons.ts";
import { bytesOf } from "../read-body.ts";

const POINTERS = ["/a", "/b", "/l/*", "/p"];
/** How many are known at a time. */
const KNOWN_MAX = 8;

/** `a`, `b` and `l` are what a record says of itself; of `p` only whether it is there. */
function learner() {
  const plan = compilePlan(POINTERS);
  const { captures } = plan;
  const keys = POINTERS.map((pointer) => ({ slot: plan.slotOf(pointer), presence: pointer === "/p" }));
  const skeletons = new Skeletons(SKELETONS, captures, keys);
  const scanner = new JsonScanner(plan, true);
  const captured = (source: string) =>
    POINTERS.map((pointer) => {
      const found: string[] = [];
      for (let v = captures.first[plan.slotOf(pointer)]!; v >= 0; v = captures.next[v]!)
        found.push(`${captures.token[v]} ${source.slice(captures.start[v], captures.end[v])}`);
      return found;
    });
  return {
    skeletons,
    captures,
    slotOf: plan.slotOf,
    learn: (record: string) => {
      const bytes = bytesOf(record);
      scanner.scan(bytes, 0, bytes.length);
      skeletons.learn(bytes, 0, bytes.length);
    },
    /** Whether each is recognised by itself. */
    recognised: (...records: readonly string[]) =>
      records.map((record) => {
        const bytes = bytesOf(`${record}\n`);
        skeletons.begin(bytes);
        return skeletons.match(0, bytes.length);
      }),
    /** The number of what it says. */
    numberOf: (record: string) => {
      const bytes = bytesOf(`${record}\n`);
      skeletons.begin(bytes);
      expect(skeletons.match(0, bytes.length)).toBe(1);
      return skeletons.rows[ROW.number]!;
    },
    captured,
    scanned: (record: string) => {
      const bytes = bytesOf(record);
      scanner.scan(bytes, 0, bytes.length);
      return captured(record);
    },
  };
}

const nth = (n: number) => `{"n${n}":1}`;

test("before anything is learnt, nothing is recognised", () => {
  const { recognised, learn } = learner();
  expect(recognised("{}")).toEqual([0]);
  learn('{"o":1}');
  expect(recognised("{}", '{"o":2}')).toEqual([0, 1]);
});

test("of many layouts in a row the first few are learnt, and of those the last are known", () => {
  const { learn, recognised } = learner();
  for (let n = 1; n <= 20; n++) learn(nth(n));
  const known = Array.from({ length: 20 }, (_, n) => n + 1).filter((n) => recognised(nth(n))[0]! > 0);
  expect(known).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  // Then rarely.
  let more = 0;
  for (; more < 1_000 && recognised(nth(99))[0] === 0; more++) learn(nth(99));
  expect(more).toBeGreaterThan(200);
  expect(more).toBeLessThan(300);
  let again = 0;
  for (; again < 1_000 && recognised(nth(98))[0] === 0; again++) learn(nth(98));
  expect(again).toBeGreaterThan(200);
  expect(again).toBeLessThan(300);
});

test("what is recognised earns that more is learnt, up to as much as at first", () => {
  const { learn, recognised, skeletons } = learner();
  const learnt = (from: number, to: number) => {
    for (let n = from; n < to; n++) learn(nth(n));
    return Array.from({ length: to - from }, (_, n) => recognised(nth(from + n))[0]);
  };
  expect(learnt(0, 20).slice(12)).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  const many = bytesOf(`${nth(12)}\n`.repeat(130));
  skeletons.begin(many);
  expect(skeletons.match(0, many.length)).toBe(130);
  expect(learnt(100, 105)).toEqual([1, 1, 0, 0, 0]);
  const most = bytesOf(`${nth(100)}\n`.repeat(1_000));
  for (let round = 0; round < 3; round++) {
    skeletons.begin(most);
    expect(skeletons.match(0, most.length)).toBe(1_000);
  }
  expect(learnt(200, 220)).toEqual([...new Array(8).fill(0), ...new Array(8).fill(1), 0, 0, 0, 0]);
});

test("what is never recognised is compared now and then only, until something is", () => {
  const { learn, recognised } = learner();
  learn('{"x":1}');
  expect(recognised(...new Array(17).fill('{"y":1}'))).toEqual(new Array(17).fill(0));
  const found = recognised(...new Array(9).fill('{"x":1}'));
  expect(found.indexOf(1)).toBeGreaterThan(2);
  expect(found.slice(found.indexOf(1))).toEqual(new Array(9 - found.indexOf(1)).fill(1));
  expect(found).toContain(1);
});

test("what is captured of a record that is recognised is what a scan captures, whichever layouts were known before", () => {
  const { learn, skeletons, captures, captured, scanned } = learner();
  const records = [
    '{"a":"one","b":-2,"p":true}',
    '{"b":null,"p":false,"a":"two"}',
    '{"l":["s",1,null],"a":1}',
    '{"p":"x"}',
    '{"q":"x"}',
  ];
  for (let n = 0; n < KNOWN_MAX - 2; n++) learn(nth(n));
  for (const record of records) learn(record);
  const source = `{"not":"this"}\n${[...records, ...records].join("\n")}\n`;
  const from = source.indexOf("\n") + 1;
  const bytes = bytesOf(source);
  skeletons.begin(bytes);
  expect(skeletons.match(from, bytes.length)).toBe(2 * records.length);
  [...records, ...records].forEach((record, row) => {
    expect(source.slice(skeletons.startOf(row), skeletons.endOf(row))).toBe(record);
    skeletons.capture(row);
    const at = row * skeletons.stride;
    expect([captures.place, captures.number]).toEqual([
      skeletons.rows[at + ROW.place],
      skeletons.rows[at + ROW.number],
    ]);
    const found = captured(source);
    expect(found).toEqual(scanned(record));
  });
});

test("where a value is among those captured, if it is one", () => {
  const { learn, recognised, skeletons, slotOf } = learner();
  const record = '{"b":1,"l":[2,3],"a":4}';
  learn(record);
  recognised(record);
  expect(POINTERS.map((pointer) => skeletons.indexOf(0, slotOf(pointer)))).toEqual([3, 0, -2, -1]);
});

test("records have one number if they say the same, and only then, whatever was known in between", () => {
  const { learn, numberOf } = learner();
  const one = '{"a":"1","b":"2","p":"x"}';
  const swapped = '{"b":"1","a":"2","p":"x"}';
  learn(one);
  const number = numberOf(one);
  expect(number).toBeGreaterThan(0);
  expect(numberOf(one.replace("x", "y"))).toBe(number);
  expect(numberOf(one.replace("2", "3"))).not.toBe(number);
  for (let n = 1; n < KNOWN_MAX; n++) learn(nth(n));
  learn(swapped);
  expect(numberOf(swapped)).not.toBe(number);
  expect(numberOf(nth(1))).not.toBe(number);
});

test("bytes that others have taken the place of are not looked at", () => {
  const { learn, skeletons } = learner();
  learn('{"x":1}');
  const bytes = bytesOf('{"x":1}\n{"x":2}\n');
  skeletons.begin(bytes);
  expect(skeletons.match(0, 8)).toBe(1);
  expect(skeletons.match(8, bytes.length)).toBe(1);
  expect([skeletons.startOf(0), skeletons.endOf(0), skeletons.from]).toEqual([8, 15, 8]);
  expect(skeletons.match(0, bytes.length)).toBe(2);
  bytes.set(bytesOf('{"y"'), 8);
  skeletons.begin(bytes);
  expect(skeletons.match(0, bytes.length)).toBe(1);
  skeletons.letGo();
  expect(skeletons.match(0, 0)).toBe(0);
});

test("what lay in memory before, behind the bytes at hand, is not taken for more of them", () => {
  const { learn, skeletons } = learner();
  learn('{"x":10}');
  const line = '{"x":10}\n';
  const few = bytesOf(line.repeat(5));
  skeletons.begin(few);
  expect(skeletons.match(0, few.length)).toBe(5);
  skeletons.begin(few);
  expect(skeletons.match(line.length, 2 * line.length)).toBe(1);
  const lines = 29_130;
  const many = bytesOf(line.repeat(lines));
  skeletons.begin(many);
  expect(skeletons.match(0, many.length)).toBe(1_024);
  // The record that runs past the end of what is in memory, and the two after it.
  expect(skeletons.match((lines - 3) * line.length, many.length)).toBe(3);
});

test("a record far behind what is in memory is found where it is", () => {
  const { learn, skeletons } = learner();
  learn('{"x":1}');
  const between = " ".repeat(4_000_000);
  const bytes = bytesOf(`{"x":1}\n${between}{"x":2}\n`);
  skeletons.begin(bytes);
  expect(skeletons.match(0, bytes.length)).toBe(1);
  expect(skeletons.match(8 + between.length, bytes.length)).toBe(1);
  expect(skeletons.startOf(0)).toBe(8 + between.length);
});

test("a record that is in memory in part is loaded again once most of what is there has been taken", () => {
  const { learn, skeletons } = learner();
  learn('{"x":"s"}');
  const long = `{"x":"${"s".repeat(99_989)}"}\n`;
  const bytes = bytesOf(long.repeat(4));
  expect(long.length).toBe(99_998);
  skeletons.begin(bytes);
  expect(skeletons.match(0, bytes.length)).toBe(2);
  expect(skeletons.match(2 * long.length, bytes.length)).toBe(2);
  expect(skeletons.from).toBe(2 * long.length);
});
