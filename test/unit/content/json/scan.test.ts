/** What a scan captures of a record: every value that a pointer names, where it is and of what type. */
import { expect, test } from "vitest";
import { TOKEN } from "../../../../src/content/captures.ts";
import { JsonScanner } from "../../../../src/content/json/scan.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
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
