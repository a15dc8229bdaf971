import { describe, expect, it } from "vitest";
import type { RefusalConfig, ShapeConfig } from "../../../src/config/define.ts";
import { readItem, readRecord } from "./read-record.ts";

const shape = (...refused_by: RefusalConfig[]): ShapeConfig => ({
  variants: [{ content: { account: "/account", kind: { fixed: "chat" }, labels: "/labels", refused_by } }],
});

const said = (record: object | string, ...rules: RefusalConfig[]) => readItem(record, shape(...rules)).signal;

describe("an object of booleans", () => {
  const all: RefusalConfig = { pointer: "/c/p", required_in: "/c", unless_true: "all" };
  const some: RefusalConfig = { ...all, unless_true: ["Ads", "a/b~c"] };
  it.each<[unknown, string, string]>([
    [undefined, "none", "none"],
    [{ p: { Ads: true, "a/b~c": true } }, "none", "none"],
    [{ p: { Ads: true, "a/b~c": true, Other: false } }, "disallows", "none"],
    [{ p: { Ads: false, "a/b~c": true } }, "disallows", "disallows"],
    [{ p: { Ads: true } }, "none", "disallows"],
    [{ p: { ads: true, "a/b~c": true } }, "none", "disallows"],
    [{ p: { Ads: true, "a/b~c": true }, q: { Ads: false, x: 1 } }, "none", "none"],
    [{ p: {} }, "disallows", "disallows"],
    [{ p: { Ads: "true", "a/b~c": true } }, "malformed", "malformed"],
    [{ p: { Ads: true, "a/b~c": true, x: null } }, "malformed", "malformed"],
    [{ p: [] }, "malformed", "malformed"],
    [{ p: null }, "malformed", "malformed"],
    [{ p: true }, "malformed", "malformed"],
    [{}, "malformed", "malformed"],
    [null, "malformed", "malformed"],
    ["yes", "malformed", "malformed"],
    [[{ p: { Ads: true } }], "malformed", "malformed"],
  ])("%j", (c, whole, named) => {
    expect([said({ c }, all), said({ c }, some)]).toEqual([whole, named]);
  });

  it("is read whatever spaces and escapes it is written with", () => {
    const text = '{ "c" : { "p" : { "\\u0041ds" : true , "a/b~c" :true } } }';
    expect([said(text, all), said(text, some)]).toEqual(["none", "none"]);
    expect(said(text.replace("true ", "false "), some)).toBe("disallows");
  });

  it("does not name a category twice, in upper and lower case", () => {
    expect(() => said('{"c":{"p":{"Ads":true,"a/b~c":true,"ads":false}}}', some)).toThrow(
      "json_duplicate_key",
    );
  });
});

describe("a list", () => {
  const any: RefusalConfig = { pointer: "/d", if_listed: "any" };
  const some: RefusalConfig = { pointer: "/d", if_listed: ["C1", "C2"] };
  it.each<[unknown, string, string]>([
    [undefined, "none", "none"],
    [[], "none", "none"],
    [["C3"], "disallows", "none"],
    [["C3", "C2"], "disallows", "disallows"],
    [["c2"], "disallows", "none"],
    [["C2", 1], "malformed", "malformed"],
    [[1, "C2"], "malformed", "malformed"],
    [[null], "malformed", "malformed"],
    [[["C1"]], "malformed", "malformed"],
    ["C1", "malformed", "malformed"],
    [{ C1: true }, "malformed", "malformed"],
    [null, "malformed", "malformed"],
  ])("%j", (d, whole, named) => {
    expect([said({ d }, any), said({ d }, some)]).toEqual([whole, named]);
  });
});

describe("words", () => {
  const words = { open: "nothing", closed: "refused", phi: "health_information" } as const;
  const one: RefusalConfig = { pointer: "/w", words };
  const several: RefusalConfig = { ...one, listed: true };
  const read = (w: unknown, rule: RefusalConfig) => {
    const { signal, labels } = readItem({ w }, shape(rule));
    return [signal, ...labels];
  };
  it.each<[unknown, string[], string[]]>([
    [undefined, ["none"], ["none"]],
    ["open", ["none"], ["none"]],
    ["closed", ["disallows"], ["disallows"]],
    ["phi", ["none", "health_information"], ["none", "health_information"]],
    ["open, phi", ["malformed"], ["none", "health_information"]],
    ["phi,closed", ["malformed"], ["disallows", "health_information"]],
    ["phi,unheard", ["malformed"], ["malformed", "health_information"]],
    ["unheard,closed", ["malformed"], ["malformed"]],
    ["Open", ["malformed"], ["malformed"]],
    ["", ["malformed"], ["malformed"]],
    ["open,", ["malformed"], ["malformed"]],
    ["constructor", ["malformed"], ["malformed"]],
    [1, ["malformed"], ["malformed"]],
    [["open"], ["malformed"], ["malformed"]],
    [null, ["malformed"], ["malformed"]],
  ])("%j", (w, alone, listed) => {
    expect([read(w, one), read(w, several)]).toEqual([alone, listed]);
  });

  it("are texts, whatever lies within something else", () => {
    const named: RefusalConfig = { pointer: "/w", words: { "1": "nothing" } };
    expect([read("1", named), ...[717, [1]].map((w) => read(w, named))]).toEqual([
      ["none"],
      ["malformed"],
      ["malformed"],
    ]);
  });

  it("add to the labels that the record has", () => {
    expect(readItem({ w: "phi", labels: "education_records" }, shape(one)).labels).toEqual([
      "education_records",
      "health_information",
    ]);
  });
});

it("what says that it is service data is content if it says no, or what it is", () => {
  const words = { open: "nothing", closed: "refused", phi: "health_information" } as const;
  const usage: ShapeConfig = {
    variants: [{ service_data: { "/n": "number", "/w": "id" }, refused_by: [{ pointer: "/w", words }] }],
  };
  expect(readRecord({ n: 1, w: "open" }, usage).items).toEqual([{ type: "service_data" }]);
  for (const [w, signal] of [
    ["closed", "disallows"],
    ["phi", "none"],
    ["else", "malformed"],
  ] as const)
    expect(readRecord({ n: 1, w }, usage).items).toMatchObject([{ type: "content", account: null, signal }]);
});

describe("several that speak, and the request", () => {
  const rules: RefusalConfig[] = [
    { pointer: "/a", if_listed: "any" },
    { pointer: "/b", if_listed: "any" },
  ];
  it("the one that denies more surely wins, and none grants", () => {
    expect(said({ a: ["x"], b: [] }, ...rules)).toBe("disallows");
    expect(said({ a: ["x"], b: 1 }, ...rules)).toBe("malformed");
    expect(said({ a: 1, b: ["x"] }, ...rules)).toBe("malformed");
    expect(readItem({ a: [] }, shape(...rules), "disallows").signal).toBe("disallows");
    expect(readItem({ a: ["x"] }, shape(...rules), "malformed").signal).toBe("malformed");
    expect(readItem({ a: 1 }, shape(...rules), "disallows").signal).toBe("malformed");
  });
});
