/** A JSON body as it comes: what of the bytes at hand is used up, when a record is handed on, and how often one is looked at. */
import { expect, test, vi } from "vitest";
import { JsonFraming } from "../../../../src/content/json/body.ts";
import { JsonScanner } from "../../../../src/content/json/scan.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
import { bytesOf, inPieces, type Said } from "../read-body.ts";

const WRAPPER = { items: "b", fields: { "/n": "number" } } as const;

/** Bytes end at `|`, whatever lies behind it; more may come, and nothing more does. */
const BARE: readonly (readonly [text: string, more: Said, last: Said])[] = [
  ["|[]", [0, 0], ["body_empty", 0]],
  [" \n|[]", [2, 0], ["body_empty", 0]],
  ["[|]", [1, 0], ["body_truncated", 0]],
  ["[]|x", [2, 0], [2, 0]],
  ["[] |x", [3, 0], [3, 0]],
  ["[]x|", ["json_syntax", 0], ["json_syntax", 0]],
  ['[{"a":1|}]', [1, 0], ["body_truncated", 0]],
  ['[{"a":1}|]', [1, 0], ["body_truncated", 0]],
  ['[{"a":1} |]', [1, 0], ["body_truncated", 0]],
  ['[{"a":1},|{"b":2}]', [9, 1], ["body_truncated", 1]],
  ['[{"a":1}, |{"b":2}]', [10, 1], ["body_truncated", 1]],
  ['[{"a":1} ]|x', [10, 1], [10, 1]],
  ['[{"a":1},]|', ["json_syntax", 1], ["json_syntax", 1]],
  ['[{"a":1}}|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"a":1}|x', [0, 0], [7, 1]],
  ['{"a":1} |x', [0, 0], [8, 1]],
  ['{"a":1}x|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"a":1|}', [0, 0], ["body_truncated", 0]],
  ['{"aaaaa":1} |', [0, 0], [12, 1]],
  ['       {"aaaaa":1} |', [7, 0], [19, 1]],
  ['{"aaaaa":1}  |', ["record_too_large", 0], ["record_too_large", 0]],
  ['[{"aaaaa":1} |]', [1, 0], ["body_truncated", 0]],
  ['[{"aaaaa":1} ]|', [14, 1], [14, 1]],
  ['[{"aaaaa":1}  |]', ["record_too_large", 0], ["record_too_large", 0]],
  ['[{"aaaaaa":1}]|', [14, 1], [14, 1]],
  ['[{"aaaaaaa":1}|]', ["record_too_large", 0], ["record_too_large", 0]],
  ['[{"aaaaaaa":1|}]', ["record_too_large", 0], ["record_too_large", 0]],
  ['[{"aaaaaa":1|}]', [1, 0], ["body_truncated", 0]],
];

/** The same in a wrapper of the records `b`. */
const WRAPPED: typeof BARE = [
  ['{|"b":[]}', [1, 0], ["body_truncated", 0]],
  ["{}|", ["wrapper_invalid", 0], ["wrapper_invalid", 0]],
  ["{[b]:[|", ["json_syntax", 0], ["json_syntax", 0]],
  ["{1:1,|", ["json_syntax", 0], ["json_syntax", 0]],
  ["{]|", ["json_syntax", 0], ["json_syntax", 0]],
  ['{"b"|:[]}', [1, 0], ["body_truncated", 0]],
  ['{"b" |:[]}', [1, 0], ["body_truncated", 0]],
  ['{"b":|[]}', [1, 0], ["body_truncated", 0]],
  ['{"b" : |[]}', [1, 0], ["body_truncated", 0]],
  ['{"b":[|]}', [6, 0], ["body_truncated", 0]],
  ['{"b":[]|}', [7, 0], ["body_truncated", 0]],
  ['{"b":[]}|x', [8, 0], [8, 0]],
  ['{"b":[]}x|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"b":[],|"n":1}', [8, 0], ["body_truncated", 0]],
  ['{"b":[]]|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"b":[{"a":1}],"n":1}|', [21, 1], [21, 1]],
  ['{"b":{|', ["wrapper_invalid", 0], ["wrapper_invalid", 0]],
  ['{"b":[],"b":[|', ["wrapper_invalid", 0], ["wrapper_invalid", 0]],
  ['{"B":1,"b":[|', ["json_duplicate_key", 0], ["json_duplicate_key", 0]],
  ['{"n"x|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"n":1|}', [1, 0], ["body_truncated", 0]],
  ['{"n":1 |}', [1, 0], ["body_truncated", 0]],
  ['{"n":1,|"b":[]}', [7, 0], ["body_truncated", 0]],
  ['{"n":1}|', ["wrapper_invalid", 0], ["wrapper_invalid", 0]],
  ['{"n":[\n1]\n,|', [11, 0], ["body_truncated", 0]],
  ['{"n":1]|', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"nnnnnnnnnn|":1', [1, 0], ["body_truncated", 0]],
  ['{"nnnnnnnnnnn|":1', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"nnnnnnnn"|:1', [1, 0], ["body_truncated", 0]],
  ['{"nnnnnnnnn"|:1', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"nnnnnnnn":|""', [1, 0], ["body_truncated", 0]],
  ['{"nnnnnnnnn":|""', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"nnnnnnn":""|,', [1, 0], ["body_truncated", 0]],
  ['{"nnnnnnn":"",|', [14, 0], ["body_truncated", 0]],
  ['{"nnnnnnn":"" |,', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"nnnnnnn":" |",', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"b"       :|[]}', [1, 0], ["body_truncated", 0]],
  ['{"b"       :[]}|', [15, 0], [15, 0]],
  ['{"b"        :|[]}', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"b"        :[]}|', ["record_too_large", 0], ["record_too_large", 0]],
];

test.each([
  ...BARE.map((row) => ["bare", ...row] as const),
  ...WRAPPED.map((row) => ["wrapped", ...row] as const),
])("%s: %j, of at most twelve bytes", (kind, text, more, last) => {
  const bytes = bytesOf(text.replace("|", ""));
  const to = text.indexOf("|");
  for (const [isLast, said] of [
    [false, more],
    [true, last],
  ] as const) {
    const plan = compilePlan(["/a"]);
    let records = 0;
    const framing = new JsonFraming(plan, 12, kind === "wrapped" ? WRAPPER : undefined);
    const result = framing.cut(bytes, 0, to, isLast, () => {
      expect(plan.captures.view.byteLength).toBe(bytes.length);
      return ++records > 0;
    });
    expect([typeof result === "number" ? result : result.fault, records]).toEqual(said);
    expect(plan.captures.view.byteLength, "what it held of the bytes").toBe(0);
  }
});

test("a short record goes on as soon as what ends it has come, whatever came before", () => {
  const text = `[${'{"a":"x"},'.repeat(40)}{"a":"${"x".repeat(9_000)}"},${'{"a":"y"},'.repeat(1_500)}`;
  for (const step of [3, 61, 700, 4_000]) {
    const whole = step === 3 ? text.slice(0, 300) : text;
    const found = inPieces(new JsonFraming(compilePlan(["/a"]), 40_000, undefined), bytesOf(whole), step);
    found.forEach((records, n) => {
      const came = whole.slice(0, (n + 1) * step);
      const ended = came.split("},").length - 1;
      if (came.length > 401 && came.length < 15_000) expect(records).toBeGreaterThanOrEqual(40);
      else expect([step, came.length, records]).toEqual([step, came.length, ended]);
    });
  }
});

test("a record without end is refused once it is as long as one may be", () => {
  const bytes = bytesOf(`{"a":"${"x".repeat(20_000)}`);
  for (const max of [3_000, 4_096, 5_000, 5_001]) {
    const found = inPieces(new JsonFraming(compilePlan([]), max, undefined), bytes, 100);
    expect([max, found.length, found.at(-1)]).toEqual([max, Math.ceil(max / 100), -1]);
  }
});

test("a long record is looked at again once half as long again has come, wherever it began", () => {
  const scan = vi.spyOn(JsonScanner.prototype, "scan");
  const bytes = bytesOf(`[${" ".repeat(99_999)}{"a":"${"x".repeat(99_990)}"},${" ".repeat(90_000)}`);
  const found = inPieces(new JsonFraming(compilePlan([]), 300_000, undefined), bytes, 250);
  expect(found.indexOf(1)).toBeGreaterThan(798);
  expect(found.indexOf(1)).toBeLessThan(1_002);
  expect(scan.mock.calls.length).toBeLessThan(35);
  scan.mockRestore();
});

test("no more records come than are wanted, and the end is seen with the last of them", () => {
  const starts: number[] = [];
  const bytes = bytesOf('[{"a":1} , {"a":2},{"a":3}]  ');
  const framing = new JsonFraming(compilePlan(["/a"]), 100, undefined);
  const cut = (from: number, to: number) =>
    framing.cut(bytes, from, to, to === bytes.length, (_, start) => {
      starts.push(start);
      return false;
    });
  expect([cut(0, 25), starts]).toEqual([10, [1]]);
  expect([cut(10, bytes.length), starts]).toEqual([19, [1, 11]]);
  expect([cut(19, bytes.length), starts]).toEqual([27, [1, 11, 19]]);
  expect(cut(27, bytes.length)).toBe(bytes.length);
});

test("a body whose last record is all that was wanted is told from one that is cut off there", () => {
  for (const [text, said] of [
    ['[{"a":1}]', 9],
    ['{"a":1}', 7],
    ['[{"a":1},', { fault: "body_truncated", index: 1 }],
  ] as const) {
    const framing = new JsonFraming(compilePlan(["/a"]), 100, undefined);
    expect(framing.cut(bytesOf(text), 0, text.length, true, () => false)).toEqual(said);
    expect(framing.mediaType).toBe("application/json");
  }
});
