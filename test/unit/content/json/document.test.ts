/** A body that is one object, or what is wrong with it. */
import { expect, test } from "vitest";
import { proveObject } from "../../../../src/content/json/document.ts";
import { compilePlan } from "../../../../src/content/pointer.ts";
import { rawBytes } from "../read-body.ts";

test.each<[body: string, proven: ReturnType<typeof proveObject>]>([
  ['{"a":"\xc3\xa9"}', { start: 0, end: 10 }],
  [' \n{"a":1}\r\n\t', { start: 2, end: 9 }],
  ["{}", { start: 0, end: 2 }],
  ['{"a":\n1}', { start: 0, end: 8 }],
  ["", "body_empty"],
  [" \n", "body_empty"],
  ["[{}]", "record_not_object"],
  ["x", "json_syntax"],
  ["\xef\xbb\xbf{}", "json_bom"],
  ["\xef", "json_syntax"],
  ["\xef\xbb", "json_syntax"],
  ['{"a":1', "body_truncated"],
  ['{"a":tru}', "json_syntax"],
  ['{"a":1,"A":2}', "json_duplicate_key"],
  ["{}{}", "json_syntax"],
  ["{} \0", "json_syntax"],
  ['{"a":"\xc3"}', "json_utf8"],
])("%j", (body, proven) => {
  const plan = compilePlan(["/a"]);
  expect(proveObject(rawBytes(body), plan)).toEqual(proven);
});
