/** A media type says that something is JSON, in UTF-8 and nothing else, or it does not. */
import { expect, test } from "vitest";
import { isJsonType } from "../../../../src/content/json/type.ts";

test.each([
  "application/json",
  "Application/JSON",
  "text/json",
  "application/cloudevents+json",
  "a9!#$&^_.-/b9!#$&^_.-+json",
  "application/json;charset=utf-8",
  'application/json \t; \tcharset="UTF-8" \t',
  "application/json; charset=utf8",
  `application/${"x".repeat(239)}+json`,
])("%j is", (type) => {
  expect(isJsonType(type)).toBe(true);
});

test.each([
  "",
  "json",
  "/json",
  "application/",
  "application/jsonx",
  "application/xjson",
  "application/+json",
  "application/a+b+json",
  "application/json+x",
  "application/a b+json",
  "application/\u00e9+json",
  " application/json",
  "application /json",
  "application/json x",
  "application/json;",
  "application/json; charset",
  "application/json; charset=utf-16",
  "application/json; charset=utf-8x",
  "application/json; charset=utf--8",
  "application/json; xcharset=utf-8",
  "application/json; version=1",
  "application/json; charset=utf-8; version=1",
  "text/plain",
  `application/${"x".repeat(240)}+json`,
])("%j is not", (type) => {
  expect(isJsonType(type)).toBe(false);
});
