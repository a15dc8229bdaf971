import { describe, expect, it } from "vitest";
import { decodeAttribute, readEventHead } from "../../../src/content/event/event-headers.ts";

describe("an attribute's value", () => {
  it.each([
    ["e-1", "e-1"],
    ["/rooms/7?x=1#y", "/rooms/7?x=1#y"],
    ["two words", "two words"],
    ["two%20words", "two words"],
    ["100%25", "100%"],
    ["%22a%22", '"a"'],
    ["Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"],
    ["%e2%82%ac", "€"],
    ["a,b", "a,b"],
    ["a".repeat(4_096), "a".repeat(4_096)],
  ])("%s is %s", (value, text) => {
    expect(decodeAttribute(value)).toBe(text);
  });

  it.each([
    ["nothing", ""],
    ["a percent alone", "100%"],
    ["half an escape", "%4"],
    ["no escape", "%zz"],
    ["what need not be encoded", "%41cme"],
    ["a slash that need not be", "a%2Fb"],
    ["an escape of an escape's percent that hides one", "%2541%"],
    ["a lone continuation", "%80"],
    ["an overlong slash", "%c0%af"],
    ["a surrogate", "%ed%a0%80"],
    ["half a character", "%e2%82"],
    ["a line break", "a%0d%0ab"],
    ["a NUL", "a%00"],
    ["a C1 control", "%c2%85"],
    ["raw UTF-8", "é"],
    ["a tab", "a\tb"],
    ["quotes", '"a"'],
    ["one quote", 'a"'],
    ["a header twice", "a, b"],
    ["a space before", " a"],
    ["too much", "a".repeat(4_097)],
  ])("is none with %s", (_, value) => {
    expect(decodeAttribute(value)).toBeNull();
  });
});

describe("an event's head", () => {
  const headers = { "ce-specversion": "1.0", "ce-id": "1", "content-type": "text/plain", "x-ce-id": "2" };
  const read = (over: object = {}) => readEventHead(Object.entries({ ...headers, ...over }), "text/plain");

  it("has the attributes, and the type of the data", () => {
    expect(read()).toEqual({
      attributes: new Map([
        ["specversion", "1.0"],
        ["id", "1"],
      ]),
      mediaType: "text/plain",
    });
  });

  it.each([
    ["another version", { "ce-specversion": "0.3" }],
    ["a version that is no version", { "ce-specversion": "1.0, 1.0" }],
    ["data in a header", { "ce-data": "x" }],
    ["a second type of the data", { "ce-datacontenttype": "application/json" }],
    ["data in base64 in a header", { "ce-data_base64": "eA==" }],
    ["a name that no attribute has", { "ce-data-x": "x" }],
    ["no name", { "ce-": "x" }],
    ["a name too long", { [`ce-${"a".repeat(65)}`]: "x" }],
    ["a value that is none", { "ce-subject": "%" }],
  ])("is none with %s", (_, over) => {
    expect(read(over)).toBeNull();
  });
});
