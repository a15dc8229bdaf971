/** What a scan captures of a record: every value that a pointer names, where it is and of what type. */
import { expect, test } from "vitest";
import { TOKEN } from "../../../../src/content/captures.ts";
import { JsonScanner } from "../../../../src/content/json/scan.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
import { NEED_MORE } from "../../../../src/content/scan-result.ts";
import { bytesOf } from "../read-body.ts";

const POINTERS = ["/type", "/a/b", "/list", "/list/*/type", "/x/*"] as const;
const NAMES = Object.fromEntries(Object.entries(TOKEN).map(([name, token]) => [token, name]));

/** By pointer: of each value its type and its text. */
function captured(record: string): Record<string, readonly string[]> {
  const plan = compilePlan([...POINTERS]);
  const bytes = bytesOf(` ${record} `);
  const scanner = new JsonScanner(plan, true);
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(bytes.length - 1);
  const { first, next, start, end, token } = plan.captures;
  const found: Record<string, string[]> = {};
  for (const pointer of POINTERS) {
    for (let v = first[plan.slotOf(pointer)]!; v >= 0; v = next[v]!) {
      found[pointer] ??= [];
      found[pointer].push(
        `${NAMES[token[v]!]} ${new TextDecoder().decode(bytes.subarray(start[v], end[v]))}`,
      );
    }
  }
  return found;
}

test.each<[record: string, found: Record<string, readonly string[]>]>([
  ["{}", {}],
  ['{"type":"s"}', { "/type": ['string "s"'] }],
  ['{"t\\u0079pe":"s","b":1}', { "/type": ['string "s"'] }],
  ['{"a":{"\\u0062":[]},"type":true}', { "/a/b": ["array []"], "/type": ["true true"] }],
  ['{"type":-1.5e3,"a":{"x":1,"b":false}}', { "/type": ["number -1.5e3"], "/a/b": ["false false"] }],
  ['{"type":null,"a":{"b":{}}}', { "/type": ["null null"], "/a/b": ["object {}"] }],
  ['{"type":{"\\u00e9":1,"\\u00c9":2}}', { "/type": ['object {"\\u00e9":1,"\\u00c9":2}'] }],
  ['{"type":[ 1 ],"a":{"b":{"c":2}}}', { "/type": ["array [ 1 ]"], "/a/b": ['object {"c":2}'] }],
  ['{"a":[{"b":1}],"b":2,"x":{"type":3}}', {}],
  [
    '{"list":[{"type":1},[],{"type":"2","x":{"type":0}},{"y":0},{"type":[]}]}',
    {
      "/list": ['array [{"type":1},[],{"type":"2","x":{"type":0}},{"y":0},{"type":[]}]'],
      "/list/*/type": ["number 1", 'string "2"', "array []"],
    },
  ],
  ['{"x":[1,[2],{"y":3}]}', { "/x/*": ["number 1", "array [2]", 'object {"y":3}'] }],
])("%s", (record, found) => {
  expect(captured(record)).toEqual(found);
});

test("what is cut off is nothing but unfinished, whatever lies behind it", () => {
  const records = [
    '{"type":1,"typed":2,"list":[{"type":true},{"types":"\\n"}]}',
    '{"\\u0061":{"b":null},"\\u0061b":-1.5e3,"x":[ false , {"\\ud83d\\ude00":0} ] }',
    '{"__proto__x":1,"x":{"__proto__\\u0078":2}}',
  ];
  const wrong: string[] = [];
  for (const record of records) {
    const scanner = new JsonScanner(compilePlan([...POINTERS]), true);
    for (let to = 0; to < record.length; to++) {
      for (const stale of ['"', '":', "\\", ":", ",", "}", "]", "1", " ", "e", "\n"]) {
        if (scanner.scan(bytesOf(record.slice(0, to) + stale.repeat(3)), 0, to) !== NEED_MORE)
          wrong.push(`${record.slice(0, to)}|${stale}`);
      }
    }
    expect(scanner.scan(bytesOf(record), 0, record.length)).toBe(record.length);
  }
  expect(wrong).toEqual([]);
});

test("a record's keys are not counted twice when it is scanned again", () => {
  const keys = Array.from({ length: 110_000 }, (_, n) => `"k${n}":1`);
  const bytes = bytesOf(`{${keys.join(",")}}`);
  const scanner = new JsonScanner(compilePlan([...POINTERS]), true);
  expect(scanner.scan(bytes, 0, bytes.length - 1)).toBe(NEED_MORE);
  expect(scanner.scan(bytes, 0, bytes.length)).toBe(bytes.length);
});
