/** Records that say whose they are in an envelope, turn by turn, or not at all: what a configuration may say of them. */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { trainingRecord } from "../../../src/config/presets/training-record.ts";
import { contentOf, soundConfig, trainContent, trainRoute } from "./example.ts";

function problemsOf(route: object): readonly string[] {
  const result = parseConfig({ ...soundConfig(), routes: [route] });
  return result.ok ? [] : result.problems;
}

const { shape: _, ...SHAPELESS } = trainRoute();
const AT = "routes[0].shape.variants[0]";

test("the preset for training lines is sound, with and without its options", () => {
  expect(problemsOf(trainRoute({ shape: trainingRecord() }))).toEqual([]);
  const full = trainingRecord({ turns: "/messages", strip_to: { "/id": "id" } });
  expect(problemsOf(trainRoute({ shape: full }))).toEqual([]);
});

describe("whose a record is", () => {
  test("may be for headers to say", () => {
    expect(problemsOf({ ...SHAPELESS, attribution: "headers" })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["nobody says", SHAPELESS, "routes[0].shape: is missing; describe how a record says whose it is"],
    ["both say", trainRoute({ attribution: "headers" }), "routes[0].attribution: is instead of shape"],
    ["somebody else says", { ...SHAPELESS, attribution: "body" }, "routes[0].attribution: "],
    [
      "a header would say what an invite is",
      {
        ...SHAPELESS,
        attribution: "headers",
        upstream: "metrics",
        purpose: "protect",
        services: [],
        kinds: ["invite"],
      },
      "routes[0].attribution: on a protect route the kind comes from the configuration",
    ],
  ])("%s", (_name, route, problem) => {
    const problems = problemsOf(route);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe("several speakers", () => {
  test.each(["/speakers", "/people/*/id", "/speakers/*"])("%s points at them", (speakers) => {
    expect(problemsOf(trainContent({ speakers }))).toEqual([]);
  });

  test.each(["/a/*/b/*/c", "/*/id", "/*", "speakers"])("%s does not", (speakers) => {
    const problems = problemsOf(trainContent({ speakers }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${AT}.content.speakers: `);
  });
});

describe("a form with a recording", () => {
  const { formats: _formats, ...rest } = SHAPELESS;
  const of = (form: object) => ({ ...rest, on_deny: "drop", media: { types: ["audio/wav"], form } });
  const at = "routes[0].media.form";

  test("has parts of names of their own", () => {
    expect(problemsOf(of({ metadata: "about", file: "file" }))).toEqual([]);
    expect(problemsOf(of({ metadata: "about", file: "file", fields: { n: "number" } }))).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["one name for two", { metadata: "file", file: "file" }, `${at}.file: is the name of the metadata`],
    [
      "a field that is the recording",
      { metadata: "about", file: "file", fields: { file: "id" } },
      `${at}.fields.file: this part`,
    ],
    [
      "a field that says whose it is",
      { metadata: "about", file: "file", fields: { about: "id" } },
      `${at}.fields.about: this part`,
    ],
    ["no recording", { metadata: "about" }, `${at}.file: is missing`],
    ["a name that is none", { metadata: "a b", file: "file" }, `${at}.metadata: `],
  ])("%s", (_name, form, problem) => {
    const problems = problemsOf(of(form));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe("envelope and turns", () => {
  const of = (variant: object, record?: string) =>
    trainRoute({
      shape: {
        ...(record === undefined ? {} : { record }),
        variants: [{ content: contentOf(), ...variant }],
      },
    });
  const turns = { of: "/record/list", speakers: "/turns" };

  test("go together, and each alone", () => {
    expect(problemsOf(of({ turns }, "/record"))).toEqual([]);
    expect(problemsOf(of({ turns }))).toEqual([]);
    expect(problemsOf(of({}, "/record"))).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["turns outside of the record", of({ turns }, "/data"), `${AT}.turns.of: point below "/data"`],
    [
      "turns that are the record",
      of({ turns: { ...turns, of: "/record" } }, "/record"),
      `${AT}.turns.of: point below`,
    ],
    ["a record in each element", of({}, "/records/*"), "routes[0].shape.record: point at one member"],
    [
      "turns in each element",
      of({ turns: { ...turns, of: "/record/*/m" } }, "/record"),
      `${AT}.turns.of: point at one`,
    ],
    [
      "strip of a turn",
      of({ turns, strip_to: { "/list/*/id": "id" } }, "/record"),
      `${AT}.strip_to["/list/*/id"]: turns says`,
    ],
    [
      "strip of the turns",
      of({ turns, strip_to: { "/list": "id" } }, "/record"),
      `${AT}.strip_to["/list"]: turns says`,
    ],
  ])("%s", (_name, route, problem) => {
    const problems = problemsOf(route);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});
