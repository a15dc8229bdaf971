import { describe, expect, it } from "vitest";
import type { FieldRules } from "../../../src/config/define.ts";
import { compileFieldRules } from "../../../src/content/field-rules.ts";
import { bytesOf } from "./read-body.ts";

const RULES: FieldRules = {
  "/type": { words: ["telemetry", "two words"] },
  "/id": "id",
  "/at": "timestamp",
  "/n": "number",
  "/ok": "boolean",
  "/meta/region": "id",
  "/meta/deep/n": "number",
  "/tags/*": "id",
  "/spans/*/n": "number",
  "/grid/*/*": "number",
  "/a~1b": "number",
};

/** What remains; "same": the very bytes that came; "": nothing. */
function filter(source: string, rules = RULES): string {
  const bytes = bytesOf(`..${source}..`);
  const left = compileFieldRules(rules).apply(bytes, 2, bytes.length - 2);
  const text = new TextDecoder().decode(left.bytes);
  expect(left.empty).toBe(left.removed && text === "");
  if (left.removed) return text;
  expect(text).toBe(source);
  return "same";
}

describe("a record that holds only allowed fields passes byte for byte", () => {
  it.each([
    `{}`,
    ` {"type" : "telemetry",\t"n":1.50e+3 , "ok":true}`.trim(),
    `{"meta":{"deep":{"n":-0},"region":"eu-west-1"},"tags":["a","b"],"spans":[{"n":1},{"n":2}]}`,
    `{"grid":[[1,2],[3]],"a/b":1,"type":"two words"}`,
    `{"id":"${"x".repeat(64)}","at":"2026-11-21T10:00:00.5+01:00","ok":false}`,
    `{"id":"Az09._:+/=-"}`,
    `{"n":${"1".repeat(64)},"at":"2026-11-21T10:00:00.${"1".repeat(43)}Z"}`,
  ])("%s", (source) => {
    expect(filter(source)).toBe("same");
  });
});

describe("anything else is removed", () => {
  it.each([
    ["T01", `{"type":"telemetry","transcript":"SECRET-7f3a"}`, `{"type":"telemetry"}`],
    [
      "T02",
      `{"type":"telemetry","payload":{"items":[{"type":"content","text":"SECRET-7f3a"}]}}`,
      `{"type":"telemetry"}`,
    ],
    ["T03", `{"n":1,"labels":{"h":"U0VDUkVULTdmM2E="}}`, `{"n":1}`],
    ["wrong types", `{"n":"1","ok":1,"at":1,"id":2,"type":true}`, ""],
    ["null", `{"n":null,"id":"a"}`, `{"id":"a"}`],
    ["containers for values", `{"n":[1],"id":{"id":"a"},"ok":true}`, `{"ok":true}`],
    ["values for containers", `{"meta":"SECRET-7f3a","tags":"SECRET-7f3a","spans":1,"n":1}`, `{"n":1}`],
    ["objects for arrays", `{"tags":{"0":"a","*":"a"},"n":1}`, `{"n":1}`],
    ["empty containers", `{"meta":{},"tags":[],"n":1}`, `{"n":1}`],
    ["emptied containers", `{"meta":{"deep":{"n":"SECRET-7f3a"}},"spans":[{"x":1}],"n":1}`, `{"n":1}`],
    ["some elements", `{"tags":["a","not an id","b",null,7]}`, `{"tags":["a","b"]}`],
    ["some nested", `{"spans":[{"x":1},{"n":2,"x":[{}]},[],"s"]}`, `{"spans":[{"n":2}]}`],
    ["a grid", `{"grid":[[1,"x"],["y"],2,[[3]],[4]]}`, `{"grid":[[1],[4]]}`],
    ["free text", `{"id":"two words","type":"chat"}`, ""],
    ["long ids", `{"id":"${"x".repeat(65)}"}`, ""],
    ["empty ids", `{"id":""}`, ""],
    ["long numbers", `{"n":${"1".repeat(65)},"ok":true}`, `{"ok":true}`],
    [
      "a timestamp longer than an id",
      `{"at":"2026-11-21T10:00:00.${"1".repeat(44)}Z","ok":true}`,
      `{"ok":true}`,
    ],
    ["long timestamps", `{"at":"2026-11-21T10:00:00.${"1".repeat(64)}Z","ok":true}`, `{"ok":true}`],
    ["bad timestamps", `{"at":"2026-02-30T10:00:00Z","ok":true}`, `{"ok":true}`],
    ["escapes in values", `{"id":"a\\u0062","type":"telemetr\\u0079","ok":true}`, `{"ok":true}`],
    ["escapes in keys", `{"\\u006e":1,"ok":true}`, `{"ok":true}`],
    ["keys of other case", `{"N":1,"Ok":true}`, ""],
    ["dotted keys", `{"meta.region":"eu","/n":1}`, ""],
    ["non-ASCII", `{"id":"é","ok":true}`, `{"ok":true}`],
    [
      "quotes and brackets in text",
      `{"x":"}]\\"{[,","n":1,"y":["\\\\",{"z":"]"}],"ok":true}`,
      `{"n":1,"ok":true}`,
    ],
    ["white space", `{ "x" : 1 , "n" : 1.0 , "ok" : true }`, `{"n":1.0,"ok":true}`],
  ])("%s", (_, source, left) => {
    expect(filter(source)).toBe(left);
  });
});

it("leaves nothing of a record without what it needs, whatever the one before it had", () => {
  const filter = compileFieldRules(RULES, ["/id", "/n"]);
  const left = (source: string) => {
    const { bytes, empty } = filter.apply(bytesOf(source), 0, source.length);
    return empty ? "" : new TextDecoder().decode(bytes);
  };
  expect(left('{"id":"a","n":1,"x":1}')).toBe('{"id":"a","n":1}');
  expect(left('{"n":1,"ok":true,"x":1}')).toBe("");
  expect(left('{"id":"a","n":"1","ok":true}')).toBe("");
  expect(left('{"id":"a","n":1,"x":1}')).toBe('{"id":"a","n":1}');
});

describe("of a list those elements that may stay", () => {
  it.each<[string, boolean[] | undefined, string]>([
    ['{"id":"a","list":["x",{"y":1},7]}', [true, false, true], '{"id":"a","list":["x",7]}'],
    ['{"id":"a","list":["x",{"y":1},7]}', [false, true], '{"id":"a","list":[{"y":1}]}'],
    ['{"id":"a","list":["x",{"y":1},7]}', [true, true, true], '{"id":"a","list":["x",{"y":1},7]}'],
    ['{ "id":"a" , "list" : [ "x" , 7 ] }', [false, true], '{"id":"a","list":[7]}'],
    ['{"id":"a","list":["x"]}', [false], '{"id":"a"}'],
    ['{"id":"a","list":["x"]}', undefined, '{"id":"a"}'],
    ['{"list":["x"]}', undefined, ""],
    ['{"id":"a","list":[]}', [], '{"id":"a"}'],
    ['{"id":"a","list":"x"}', [true], '{"id":"a"}'],
    ['{"id":"a","list":{"y":1}}', [true], '{"id":"a"}'],
    ['{"list":["x"],"id":"a"}', [false], '{"id":"a"}'],
  ])("%s, %j", (source, kept, expected) => {
    const { bytes, removed, empty } = compileFieldRules({ "/id": "id" }, [], "/list").apply(
      bytesOf(source),
      0,
      source.length,
      kept,
    );
    expect([new TextDecoder().decode(bytes), removed, empty]).toEqual([expected, true, expected === ""]);
  });
});

it("allows a word only as it is written", () => {
  expect(filter('{"a":"x\\"y"}', { "/a": { words: ['x\\"y', 'x"y'] } })).toBe("");
});

it("finds the end of a string wherever its escapes are", () => {
  for (let length = 0; length < 70; length++) {
    for (const escapes of ["\\\\", '\\"', '\\\\\\"', "\\\\\\\\", '\\"\\"', "\\u0022", '\\"}']) {
      const text = `${"y".repeat(length)}${escapes}`;
      expect(filter(`{"x":"${text}","n":1}`)).toBe('{"n":1}');
      expect(filter(`{"x":"${text}z\\\\","n":1}`)).toBe('{"n":1}');
    }
  }
});
