/** Lines of a transcript: where each ends, whom it begins with, and whether it surely goes on with what was said before it. */
import { expect, test } from "vitest";
import { goesOn, linesOf, nameBefore } from "../../../../src/content/transcript/lines.ts";

test("lines are the text, piece by piece, without what ends them", () => {
  const text = "a\r\n\nb\r\n \r\nc";
  const lines = linesOf(text)!;
  expect(lines.map((line) => line.text)).toEqual(["a", "", "b", " ", "c"]);
  expect(lines.map(({ start, end }) => text.slice(start, end))).toEqual([
    "a\r\n",
    "\n",
    "b\r\n",
    " \r\n",
    "c",
  ]);
  expect(linesOf("")).toEqual([]);
  expect(linesOf("\na")).toEqual([
    { text: "", start: 0, end: 1 },
    { text: "a", start: 1, end: 2 },
  ]);
  expect(linesOf("a\n")).toEqual([{ text: "a", start: 0, end: 2 }]);
  expect(linesOf("\n".repeat(200_000))).toHaveLength(200_000);
  expect(linesOf("\n".repeat(200_001))).toBeNull();
});

test.each<[string, string | null]>([
  ["Ana: hi", "Ana"],
  [" Ana Lima : hi", "Ana Lima"],
  ["Ana: Bo: hi", "Ana"],
  ["Ana:Bo: hi", "Ana:Bo"],
  ["Ana: hi:", "Ana"],
  ["Ana:", "Ana"],
  ["A:b:", "A:b"],
  ["a: ", "a"],
  [`${"x".repeat(128)}: hi`, "x".repeat(128)],
  [`${"x".repeat(129)}: hi`, null],
  ["Ana:hi", null],
  [": hi", null],
  [": hi:", null],
  [":", null],
  ["  : hi", null],
  ["hi", null],
  ["", null],
])("%j begins with %j", (line, name) => {
  expect(nameBefore(line)).toBe(name);
});

test.each([
  "and so",
  "3 more",
  "  \t we",
  `"'\u00ab\u2018\u201f\u00bf\u00a1.\u2026, we`,
  "\u00e9t\u00e9",
  "\u4f60",
  "at 10:30, say",
  "12:30:45",
])("%j goes on", (line) => {
  expect(goesOn(line)).toBe(true);
});

test.each([
  "",
  " ",
  "...",
  "- hi",
  ">> hi",
  "\u2013 hi",
  "[Bo] hi",
  "(Bo) hi",
  "*Bo* hi",
  "Bo:hi",
  "Bo: hi",
  "Bo:",
  "at 10: thirty",
  "at ten:30",
  ...Array.from(":\u02d0\u02f8\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a", (colon) => `Bo${colon}hi`),
  ...Array.from(":\u02d0\u02f8\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a", (colon) => `1${colon}hi`),
  ...Array.from(":\u02d0\u02f8\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a", (colon) => `Bo${colon}1`),
])("%j might be somebody else's", (line) => {
  expect(goesOn(line)).toBe(false);
});
