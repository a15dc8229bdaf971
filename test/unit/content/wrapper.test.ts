/** Members of a wrapper: which keys there may be, and which members go on, before the records and after. */
import { expect, test } from "vitest";
import { WrapperMembers } from "../../../src/content/wrapper.ts";
import { bytesOf } from "./read-body.ts";

const wrapper = (bytesMax = 1_000) =>
  new WrapperMembers({ items: 'b"x', fields: { "/n": "number", "/m/n": "number" } }, bytesMax);
const key = (of: WrapperMembers, source: string) => of.key(bytesOf(`#"${source}"`), 1, source.length + 3);
const take = (of: WrapperMembers, source: string) => of.take(bytesOf(`##${source}`), 2, source.length + 2);
const around = (of: WrapperMembers) =>
  [of.opening, of.closing].map((bytes) => new TextDecoder().decode(bytes));

test("the records' key is known however it is written", () => {
  for (const [source, is] of [
    ['"b\\"x"', true],
    ['"b\\u0022x"', true],
    ['"B\\"x"', false],
    ['"b"', false],
  ] as const) {
    const bytes = bytesOf(`#${source}#`);
    expect(wrapper().isItems(bytes, 1, bytes.length - 1), source).toBe(is);
  }
});

test.each([
  [
    ["a", "b", ""],
    [null, null, null],
  ],
  [
    ["a", "a"],
    [null, "json_duplicate_key"],
  ],
  [
    ["a", "A"],
    [null, "json_duplicate_key"],
  ],
  [
    ["a", "\\u0061"],
    [null, "json_duplicate_key"],
  ],
  [[" ~"], [null]],
  [["__proto__"], ["json_key"]],
  [["\\u005f_proto__"], ["json_key"]],
  [["\u007f"], ["json_key"]],
  [["a\\u0000"], ["json_key"]],
  [["a\\u001f"], ["json_key"]],
])("keys %j", (keys, faults) => {
  const of = wrapper();
  expect(keys.map((one) => key(of, one))).toEqual(faults);
});

test("what may pass goes where it came, as the bytes that came", () => {
  const of = wrapper();
  expect(around(of)).toEqual(['{"b\\"x":[', "]}"]);
  for (const source of ['"n" : 1.0', '"x":1', '"m":{"n":2,"s":"SECRET-7f3a"}'])
    expect(take(of, source)).toBe(true);
  of.itemsSeen = true;
  for (const source of ['"n":"1"', '"n":3', '"m":{"n":4}']) expect(take(of, source)).toBe(true);
  expect(around(of)).toEqual(['{"n":1.0,"m":{"n":2},"b\\"x":[', '],"n":3,"m":{"n":4}}']);
});

test("they are as long together as they may be, and no longer", () => {
  const of = wrapper(10);
  expect([take(of, '"n":1'), take(of, '"n":2'), take(of, '"n":3')]).toEqual([true, true, false]);
});
