/** Steps over the tokens of a proven record end where the token does, whatever it holds and whatever follows it. */
import { expect, test } from "vitest";
import {
  eachElement,
  spaceEnd,
  spaceEndWithin,
  stringTokenEnd,
  valueEnd,
} from "../../../../src/content/json/walk.ts";
import { bytesOf } from "../read-body.ts";

const STRINGS = ["", "a", "\\\\", '\\"', "\\\\\\\\", "x\\n", "]}", "[{,:"].flatMap((text) =>
  [0, 1, 29, 30, 31, 32, 33, 34, 70].map((before) => `"${"x".repeat(before)}${text}"`),
);
/** Quotes and backslashes where the bytes that are stepped over one by one end, and after them. */
const ESCAPES = Array.from({ length: 12 }, (_, n) => ['\\"', "\\\\"].map((pair) => pair.repeat(n + 10)))
  .flat()
  .flatMap((run) => [`"${run}"`, `"x${run}"`, `"${run}x"`, `"${run}${"x".repeat(40)}${run}"`]);

const NESTED = [
  "[]",
  "{}",
  "[ ]",
  '["]"]',
  '{"}":"{"}',
  "[[],[[]]]",
  '[{"a":[1,{"b":"]"}]},"\\"]"]',
  '{"a":{"b":{}},"c":[ {} ]}',
];
const SCALARS = ["0", "-1.5e+3", "true", "false", "null"];

test("a value ends where it does", () => {
  const wrong: string[] = [];
  for (const value of [...STRINGS, ...ESCAPES, ...NESTED, ...SCALARS]) {
    for (const after of ["", ",", " ", "\t", "\n", "\r", "]", "}", ',"a"', "]]", "}}", ' "']) {
      const bytes = bytesOf(`[${value}${after}`);
      if (valueEnd(bytes, 1) !== 1 + value.length) wrong.push(value + after);
      if (value.startsWith('"') && stringTokenEnd(bytes, 1) !== 1 + value.length) wrong.push(value + after);
    }
  }
  expect(wrong).toEqual([]);
});

test("white space is what JSON says it is, and no further than may be looked", () => {
  const bytes = bytesOf("x \t\r\nx \f");
  expect([spaceEnd(bytes, 0), spaceEnd(bytes, 1), spaceEnd(bytes, 4), spaceEnd(bytes, 5)]).toEqual([
    0, 5, 5, 5,
  ]);
  expect([0, 1, 2, 3, 4, 5].map((to) => spaceEndWithin(bytes, 1, to))).toEqual([1, 1, 2, 3, 4, 5]);
  expect([spaceEndWithin(bytes, 0, 8), spaceEndWithin(bytes, 1, 8), spaceEndWithin(bytes, 6, 8)]).toEqual([
    0, 5, 7,
  ]);
  for (let byte = 0; byte < 256; byte++) {
    const end = [0x20, 0x09, 0x0a, 0x0d].includes(byte) ? 1 : 0;
    expect([byte, spaceEndWithin(Uint8Array.of(byte), 0, 1)]).toEqual([byte, end]);
  }
});

test.each<[list: string, elements: readonly string[]]>([
  ["[]", []],
  ["[ \n ]", []],
  ["[1]", ["1"]],
  ["[ 1 ]", ["1"]],
  ["[1,2]", ["1", "2"]],
  ['[\t{"a":[1,2]} ,\r\n"," , [ ] ,[3] ,null ]', ['{"a":[1,2]}', '","', "[ ]", "[3]", "null"]],
])("the elements of %s", (list, elements) => {
  for (const after of ["", "]", ",4]", " ,[5]"]) {
    const source = `#${list}${after}`;
    const found: string[] = [];
    const end = eachElement(bytesOf(source), 1, (from, to) => found.push(source.slice(from, to)));
    expect([found, end]).toEqual([elements, 1 + list.length]);
  }
});
