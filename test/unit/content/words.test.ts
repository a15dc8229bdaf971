/** A string is one of a few words, as what it stands for or as it is written. */
import { expect, test } from "vitest";
import { hasEscape, Words } from "../../../src/content/words.ts";
import { bytesOf } from "./read-body.ts";

const WORDS = new Words(["a", "ab", "a\\nb", 'q"', "\u00e9", ""]);
const indices = (source: string) => {
  const bytes = bytesOf(`#${source}#`);
  return [WORDS.indexOf(bytes, 1, bytes.length - 1), WORDS.indexOfRaw(bytes, 1, bytes.length - 1)];
};

test.each<[source: string, asText: number, asWritten: number]>([
  ["a", 0, 0],
  ["ab", 1, 1],
  ["\u00e9", 4, 4],
  ["", 5, 5],
  ["\\u0061", 0, -1],
  ["a\\u0062", 1, -1],
  ['q\\"', 3, -1],
  ["a\\\\nb", 2, -1],
  ["a\\nb", -1, -1],
  ["b", -1, -1],
  ["abc", -1, -1],
  ["A", -1, -1],
  ["aB", -1, -1],
  ["\\u0041", -1, -1],
])("%j", (source, asText, asWritten) => {
  expect(indices(source)).toEqual([asText, asWritten]);
});

test("an escape is one within the string", () => {
  expect(hasEscape(bytesOf("\\ab\\"), 1, 3)).toBe(false);
  for (const at of [1, 2]) expect(hasEscape(bytesOf("abc".replace("abc"[at]!, "\\")), 1, 3)).toBe(true);
});
