/** Lines as they come: what of the bytes at hand is used up, when a record is handed on, and how often a line is looked at. */
import { expect, test, vi } from "vitest";
import { JsonScanner } from "../../../src/content/json/scan.ts";
import { Skeletons } from "../../../src/content/json/skeletons.ts";
import { NdjsonFraming } from "../../../src/content/ndjson.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { SKELETONS } from "../../support/skeletons.ts";
import { bytesOf, inPieces, type Said } from "./read-body.ts";

/** A plan that knows lines like `line`. */
function taught(line: string) {
  const plan = compilePlan(["/a"]);
  plan.skeletons = new Skeletons(SKELETONS, plan.captures, []);
  const bytes = bytesOf(`{}\n${line}\n`);
  new NdjsonFraming(plan, 100_000).cut(bytes, 0, bytes.length, true, () => true);
  return plan;
}

/** Bytes end at `|`, whatever lies behind it; more may come, and nothing more does. */
test.each<[text: string, more: Said, last: Said]>([
  ['{"a":1}\n|', [8, 1], [8, 1]],
  ['{"a":1}\r\n|', [9, 1], [9, 1]],
  ['{"a":1}|\n', [0, 0], [7, 1]],
  ['{"a":1} |\n', [0, 0], [8, 1]],
  ['{"a":1}|  \n', [0, 0], [7, 1]],
  ['{"a":1}\r|\n', [0, 0], ["json_syntax", 0]],
  ['{"a":1}\r |\n', ["json_syntax", 0], ["json_syntax", 0]],
  ['{"a":1}\n\r|\n', [8, 1], ["json_syntax", 1]],
  ['{"a":1}\n\r\n|\n', [10, 1], [10, 1]],
  ["\r|\n", [0, 0], ["json_syntax", 0]],
  ["\rx|", ["json_syntax", 0], ["json_syntax", 0]],
  ["\r\r|\n", ["json_syntax", 0], ["json_syntax", 0]],
  ['{"a":tru|e}\n', [0, 0], ["body_truncated", 0]],
  ['{"a":1|}\n', [0, 0], ["body_truncated", 0]],
  [" \n |", [3, 0], ["body_empty", 0]],
  ['|{"a":1}\n', [0, 0], ["body_empty", 0]],
  ['{"aaaaa":1}|\n', [0, 0], [11, 1]],
  ['{"aaaaa":1} |\n', [0, 0], [12, 1]],
  ['{"aaaaaa":1} |\n', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"aaaaaaa":1}|\n', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"aaaaaaa":1|}\n', ["record_too_large", 0], ["record_too_large", 0]],
  ['{"aaaaaa":1|}\n', [0, 0], ["body_truncated", 0]],
])("%j, of at most twelve bytes", (text, more, last) => {
  const bytes = bytesOf(text.replace("|", ""));
  const to = text.indexOf("|");
  for (const [isLast, said] of [
    [false, more],
    [true, last],
  ] as const) {
    const plan = compilePlan(["/a"]);
    let records = 0;
    const result = new NdjsonFraming(plan, 12).cut(bytes, 0, to, isLast, () => {
      expect(plan.captures.view.byteLength).toBe(bytes.length);
      return ++records > 0;
    });
    expect([typeof result === "number" ? result : result.fault, records]).toEqual(said);
    expect(plan.captures.view.byteLength, "what it held of the bytes").toBe(0);
  }
});

test("a record goes on as soon as its line has ended, however long it is and whatever came before", () => {
  const lines = [5, 9_000, 40, 5_000, 5, 4_100, 12_000, 3, 30_000, 4_000, 4_200, 5];
  const text = lines.map((length) => `{"a":"${"x".repeat(length)}"}\n`).join("");
  const bytes = bytesOf(text);
  for (const step of [61, 700, 2_000, 3_000, 4_095, 4_096, 4_097, 5_000, 7_000, 9_500, 20_000]) {
    const found = inPieces(new NdjsonFraming(compilePlan(["/a"]), 40_000), bytes, step);
    const expected = found.map((_, n) => text.slice(0, (n + 1) * step).split("\n").length - 1);
    expect([step, found]).toEqual([step, expected]);
  }
});

test("a line without end is refused once it is as long as a record may be", () => {
  const bytes = bytesOf(`{"a":"${"x".repeat(20_000)}`);
  for (const max of [3_000, 4_096, 6_000, 6_001]) {
    const found = inPieces(new NdjsonFraming(compilePlan([]), max), bytes, 100);
    expect([max, found.length, found.at(-1)]).toEqual([max, Math.ceil(max / 100), -1]);
  }
});

test("a long line is not looked at again whenever a little more of it comes", () => {
  const scan = vi.spyOn(JsonScanner.prototype, "scan");
  const bytes = bytesOf(`{"a":1}\n{"a":"${"x".repeat(100_000)}"}\n{"a":2}\n`);
  expect(inPieces(new NdjsonFraming(compilePlan([]), 200_000), bytes, 256).at(-1)).toBe(3);
  expect(scan.mock.calls.length).toBeLessThan(25);
  scan.mockRestore();
});

test("no more records come than are wanted, and the others as soon as they are", () => {
  const long = `{"a":"${"x".repeat(6_000)}"}\n`;
  const small = '{"a":"y"}\r\n';
  const bytes = bytesOf(long + small.repeat(440));
  for (const plan of [compilePlan(["/a"]), taught('{"a":"z"}')]) {
    const framing = new NdjsonFraming(plan, 10_000);
    const starts: number[] = [];
    const cut = (from: number, to: number) =>
      framing.cut(bytes, from, to, false, (_, start) => {
        starts.push(start);
        return false;
      });
    expect([cut(0, 5_000), starts]).toEqual([0, []]);
    expect([cut(0, bytes.length), starts]).toEqual([long.length, [0]]);
    const second = long.length + small.length;
    expect([cut(long.length, bytes.length), starts]).toEqual([second, [0, long.length]]);
    expect([cut(second, bytes.length), starts.length]).toEqual([second + small.length, 3]);
  }
});

test("what is recognised is not scanned, wherever it is; what is too large, or no UTF-8, is refused as if it were not", () => {
  const good = '{"a":"b"}';
  const plan = taught(good);
  const scan = vi.spyOn(JsonScanner.prototype, "scan");
  const said = (bad: Uint8Array, max = 20) => {
    const before = bytesOf(`${good}\n`.repeat(40));
    const bytes = Uint8Array.of(...before, ...bad, 0x0a, ...before);
    let records = 0;
    const result = new NdjsonFraming(plan, max).cut(bytes, 0, bytes.length, true, () => ++records > 0);
    return [result, records];
  };
  expect(said(bytesOf(good), good.length)).toEqual([81 * (good.length + 1), 81]);
  expect(scan).not.toHaveBeenCalled();
  scan.mockRestore();
  expect(said(bytesOf(`{"a":"${"b".repeat(12)}"}`))).toEqual([821, 81]);
  expect(said(bytesOf(`{"a":"${"b".repeat(13)}"}`))).toEqual([{ fault: "record_too_large", index: 40 }, 40]);
  expect(said(Uint8Array.of(...bytesOf('{"a":"'), 0xff, 0x22, 0x7d))).toEqual([
    { fault: "json_utf8", index: 40 },
    40,
  ]);
});

test("what is wrong with a line that has begun is said before it ends", () => {
  const framing = new NdjsonFraming(compilePlan([]), 10_000);
  const bytes = bytesOf('{"a":1}\n{"a" x');
  expect(framing.cut(bytes, 0, 12, false, () => true)).toBe(8);
  expect(framing.cut(bytes, 8, bytes.length, false, () => true)).toEqual({ fault: "json_syntax", index: 1 });
  const long = bytesOf(`{"a" x${" ".repeat(5_000)}`);
  const fault = { fault: "json_syntax", index: 0 };
  expect(new NdjsonFraming(compilePlan([]), 10_000).cut(long, 0, 5_000, false, () => true)).toEqual(fault);
});

/** Of six records that are recognised: which are used up, which are handed on one by one, and what is asked about them together. */
test.each<[string, take: (row: number, to: number) => number, used: number, handed: string, asked: number[]]>(
  [
    ["all are taken", (_, to) => to, 6, "", [0]],
    ["none is taken", (row) => row, 6, "012345", [0, 1, 2, 3, 4, 5]],
    ["every other one is taken", (row) => row + 1, 6, "135", [0, 2, 4]],
    ["two are taken, and no more are wanted", (row) => ~(row + 2), 2, "", [0]],
    ["none is taken, and no more are wanted", (row) => ~row, 0, "", [0]],
    ["all are taken, and no more are wanted", (_, to) => ~to, 6, "", [0]],
    [
      "no more are wanted after the second handed on",
      (row) => (row < 4 ? row + 1 : ~row),
      4,
      "13",
      [0, 2, 4],
    ],
  ],
)("recognised together: %s", (_, take, used, handed, expected) => {
  const plan = taught('{"a":"z"}');
  const framing = new NdjsonFraming(plan, 100);
  const lines = ["0", "1", "2", "3", "4", "5"].map((a, n) => `{"a":"${a}"}${n % 2 === 0 ? "\n" : "\r\n"}`);
  const bytes = bytesOf(lines.join(""));
  const asked: number[] = [];
  let said = "";
  const onRecord = (source: Uint8Array, start: number, end: number) => {
    const { first, start: starts, end: ends } = plan.captures;
    const value = first[plan.slotOf("/a")]!;
    expect([starts[value], ends[value]]).toEqual([start + 5, end - 1]);
    said += String.fromCharCode(source[start + 6]!);
    return true;
  };
  const result = framing.cut(bytes, 0, bytes.length, false, onRecord, (_bytes, _alikes, row, to) => {
    asked.push(row);
    expect(to).toBe(6);
    return take(row, to);
  });
  expect([result, said, asked]).toEqual([lines.slice(0, used).join("").length, handed, expected]);
  expect(framing.cut(bytesOf("x"), 0, 1, true, () => true)).toEqual({ fault: "json_syntax", index: used });
});

test("nothing is learnt from a body's first record, for there may be no other", () => {
  const plan = compilePlan(["/a"]);
  const skeletons = new Skeletons(SKELETONS, plan.captures, []);
  plan.skeletons = skeletons;
  const learn = vi.spyOn(skeletons, "learn");
  const framing = new NdjsonFraming(plan, 100);
  const counts = ["{}\n", '{"a":1}\n'].map((line) => {
    framing.cut(bytesOf(line), 0, line.length, false, () => true);
    return learn.mock.calls.length;
  });
  expect(counts).toEqual([0, 1]);
  expect(framing.mediaType).toBe("application/x-ndjson");
});
