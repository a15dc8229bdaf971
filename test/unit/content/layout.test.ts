import { describe, expect, it } from "vitest";
import type { ContentFaultCode } from "../../../src/content/fault.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { bytesOf, readBody } from "./read-body.ts";

/** Looked into by the envelope's plan: the record itself and `consent`; not `meta`, `list`. */
const RECORD =
  '{"type":"a","account":"b","consent":{"ok":true,"x":1},"meta":{"m":1,"n":{"o":2}},"list":[{"p":1,"q":2},{"p":3,"q":4}]}';

/** What another record is after several of the layout above: the same as it is alone. */
const CASES: readonly (readonly [name: string, record: string, fault: ContentFaultCode | null])[] = [
  ["the same layout", RECORD, null],
  ["other values", RECORD.replaceAll(/\d/g, "[]"), null],
  ["fewer keys", '{"type":"a","account":"b"}', null],
  ["more keys", RECORD.replace(/}$/, ',"more":1}'), null],
  ["another order", '{"account":"b","type":"a","meta":{"n":{"o":2},"m":1}}', null],
  ["white space around keys", RECORD.replaceAll(":", " : ").replaceAll(",", " , "), null],
  ["another key of the same length", RECORD.replace('"account"', '"accounx"'), null],
  ["a key that only begins the same", RECORD.replace('"account"', '"accountant"'), null],
  ["a key that ends sooner", RECORD.replace('"account"', '"acc"'), null],
  ["an object where a list was", RECORD.replace(/\[.*\]/, '{"p":1,"q":2}'), null],
  ["a list where an object was", RECORD.replace('{"m":1', '[{"m":1}],"again":{"m":1'), null],
  ["a case-folded twin where nobody looks", RECORD.replace('"n":', '"M":1,"n":'), null],
  ["a twin after the whole layout", RECORD.replace(/}$/, ',"type":1}'), "json_duplicate_key"],
  ["a twin after part of it", '{"type":"a","account":"b","type":"c"}', "json_duplicate_key"],
  ["a twin at once", '{"type":"a","type":"c"}', "json_duplicate_key"],
  ["a case-folded twin after part of it", '{"type":"a","account":"b","Type":"c"}', "json_duplicate_key"],
  ["a twin after an unknown key", '{"type":"a","unknown":1,"account":"b","unknown":2}', "json_duplicate_key"],
  ["a known key, then one before it", '{"account":"b","type":"a","account":"c"}', "json_duplicate_key"],
  ["an escaped twin of a known key", '{"type":"a","\\u0074ype":"b"}', "json_duplicate_key"],
  ["a known key after its escaped twin", '{"\\u0074ype":"a","type":"b"}', "json_duplicate_key"],
  [
    "a known key after an escape in between",
    '{"type":"a","\\u0061ccount":"b","account":"c"}',
    "json_duplicate_key",
  ],
  ["a twin in an inner object", RECORD.replace('"x":1', '"x":1,"ok":2'), "json_duplicate_key"],
  ["a case-folded twin in one looked into", RECORD.replace('"x":1', '"x":1,"OK":2'), "json_duplicate_key"],
  ["a twin deeper where nobody looks", RECORD.replace('"o":2', '"o":2,"o":3'), "json_duplicate_key"],
  ["a twin in the second of a list", RECORD.replace('"q":4', '"q":4,"p":5'), "json_duplicate_key"],
  ["a key nobody may have", RECORD.replace('"account"', '"__proto__"'), "json_key"],
  ["a key no letter case is known of", RECORD.replace('"account"', '"accoun\u00fc"'), "json_key"],
  ["the same where nobody looks", RECORD.replace('"m"', '"\u00fc"'), null],
  ["a known key without its colon", '{"type" "a"}', "json_syntax"],
  ["a known key unquoted at its end", '{"type:"a"}', "json_syntax"],
  ["a comma after the last of a layout", RECORD.replace(/}$/, ",}"), "json_syntax"],
  ["a body that ends within a known key", '{"type":"a","acc', "body_truncated"],
];

describe("a record after others of one layout", () => {
  it.each(CASES)("%s", (_, record, fault) => {
    for (const before of [0, 1, 2, 5]) {
      const body = {
        format: "ndjson",
        bytes: bytesOf([...repeat(RECORD, before), record].join("\n")),
      } as const;
      const outcome = readBody(body, [], undefined, 1_000);
      expect([outcome.fault, outcome.records.length]).toEqual([fault, before + (fault === null ? 1 : 0)]);
    }
  });
});

it("remembers nothing from where nobody looks for where somebody does", () => {
  const plan = compilePlan(["/list/*/type"]);
  const unseen = '{"list":{"x":1,"X":2}}';
  const seen = '{"list":[{"x":1,"X":2}]}';
  for (const lines of [
    [unseen, unseen, unseen, seen],
    ['{"list":[]}', '{"list":[[{"x":1,"X":2}]]}', unseen, seen],
  ]) {
    const body = { format: "ndjson", bytes: bytesOf(lines.join("\n")) } as const;
    expect(readBody(body, [], plan, 10)).toMatchObject({ fault: "json_duplicate_key", index: 3 });
  }
});

it("judges every record alone, however many layouts came before", () => {
  const layouts = Array.from({ length: 2_000 }, (_, i) => `{"k${i}":1,"a${i % 7}":{"b${i % 11}":2},"c":3}`);
  const twin = '{"k1":1,"a1":{"b1":2},"c":3,"K1":4}';
  const body = { format: "ndjson", bytes: bytesOf([...layouts, ...layouts, twin].join("\n")) } as const;
  expect(readBody(body, [], undefined, 10_000)).toMatchObject({ fault: "json_duplicate_key", index: 4_000 });
});

it("finds a twin of any key of an object with more keys than are remembered", () => {
  const keys = Array.from({ length: 100 }, (_, i) => `"key${i}":${i}`);
  for (const at of [0, 46, 47, 48, 49, 63, 64, 65, 99]) {
    const record = (twin: string) => `{${[...keys, twin].join(",")}}`;
    const lines = [...repeat(record('"none":0'), 3), record(`"KEY${at}":0`)];
    const body = { format: "ndjson", bytes: bytesOf(lines.join("\n")) } as const;
    expect(readBody(body, [], undefined, 10)).toMatchObject({ fault: "json_duplicate_key", index: 3 });
  }
});

function repeat(record: string, times: number): string[] {
  return new Array<string>(times).fill(record);
}
