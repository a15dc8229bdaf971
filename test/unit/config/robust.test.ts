import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { compileRoutes } from "../../../src/gate/routes.ts";
import own from "../../../tenfour.config.ts";
import { soundConfig } from "./example.ts";

const JUNK: unknown[] = [
  undefined,
  null,
  true,
  5,
  Number.NaN,
  "",
  "x",
  [],
  [null],
  {},
  { constructor: 1 },
  () => 1,
  1n,
];

/** Every place in a value, as the steps to it. */
function placesIn(value: unknown): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const step = Array.isArray(value) ? Number(key) : key;
    return [[step], ...placesIn(member).map((rest) => [step, ...rest])];
  });
}

function replaced(value: unknown, [step, ...rest]: (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, by) : item));
  const object = value as Record<string, unknown>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}

test("the repository's own configuration is sound", () => {
  const result = parseConfig(own);
  expect(result.ok ? [] : result.problems).toEqual([]);
});

test("junk in any place is a problem in words or of no consequence, never an exception", () => {
  const places = placesIn(soundConfig());
  expect(places.length).toBeGreaterThan(60);
  for (const place of places) {
    for (const junk of JUNK) {
      const result = parseConfig(replaced(soundConfig(), place, junk));
      if (result.ok) {
        compileRoutes(result.config, "digest", () => "value");
        continue;
      }
      expect(result.problems.length).toBeGreaterThan(0);
      for (const problem of result.problems) expect(problem).toMatch(/^\S.*: [a-z"].*\.$/);
    }
  }
});

test("a setting under a wrong name is a problem, wherever it is", () => {
  const objects = [[], ...placesIn(soundConfig())].filter((place) => {
    const at = place.reduce<unknown>((value, step) => (value as never)[step], soundConfig());
    return typeof at === "object" && !Array.isArray(at);
  });
  for (const place of objects) {
    const result = parseConfig(replaced(soundConfig(), [...place, "colour"], "red"));
    expect(result.ok, place.join(".")).toBe(false);
  }
});

test("a configuration that contains itself is refused", () => {
  const config: Record<string, unknown> = soundConfig();
  config.services = [config];
  expect(parseConfig(config).ok).toBe(false);
});
