/** Something of another type within a record: where claims that should be found in it cannot be, the record is nobody's. */
import { expect, test } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { readOne } from "./read-one.ts";

const shape = (
  account: "/account" | "/data/account",
  media_type: "/type" | "/types/*" = "/type",
): ShapeConfig => ({
  variants: [
    {
      content: {
        account,
        kind: { fixed: "chat" },
        embedded: { pointer: "/data", binary: "/base64", media_type },
      },
    },
  ],
});
const accountOf = (source: string, of: ShapeConfig) =>
  (readOne(source, of).reading.items[0] as ContentItem).account;

const DATA = '"data":{"account":"acme"}';
test.each<[string, string, string | null]>([
  ["of no type", `{${DATA}}`, "acme"],
  ["JSON", `{"type":"application/json",${DATA}}`, "acme"],
  ["JSON, said in escapes", `{"type":"application\\/json",${DATA}}`, "acme"],
  ["JSON, said after it", `{${DATA},"type":"application/json"}`, "acme"],
  ["text", `{"type":"text/plain",${DATA}}`, null],
  ["text, said after it", `{${DATA},"type":"text/plain"}`, null],
  ["of a type that is none", `{"type":7,${DATA}}`, null],
  ["of null", `{"type":null,${DATA}}`, null],
  ["of a list of types", `{"type":["application/json"],${DATA}}`, null],
  ["in base64", `{"type":"application/json","base64":"e30"}`, null],
  ["in base64, said first", `{"base64":"e30"}`, null],
  ["both", `{"base64":"e30",${DATA}}`, null],
  ["both, the other way round", `{${DATA},"base64":"e30"}`, null],
])("a claim in it, %s", (_, source, account) => {
  expect(accountOf(source, shape("/data/account"))).toBe(account);
});

test("a type that is there twice is none", () => {
  const types = (...all: string[]) => `{"types":${JSON.stringify(all)},${DATA}}`;
  expect(accountOf(types("application/json"), shape("/data/account", "/types/*"))).toBe("acme");
  expect(accountOf(types("application/json", "text/plain"), shape("/data/account", "/types/*"))).toBeNull();
  expect(
    accountOf(types("application/json", "application/json"), shape("/data/account", "/types/*")),
  ).toBeNull();
});

test.each<[string, string | null]>([
  ['{"account":"acme","type":"text/plain","data":"hi"}', "acme"],
  ['{"account":"acme","base64":"e30"}', "acme"],
  ['{"base64":"e30","account":"acme"}', "acme"],
  ['{"account":"acme","base64":"e30","data":1}', null],
  ['{"data":1,"base64":"e30","account":"acme"}', null],
  ['{"base64":"e30","data":1,"account":"acme"}', null],
])("claims beside it: %s", (source, account) => {
  expect(accountOf(source, shape("/account"))).toBe(account);
});
