import { describe, expect, test } from "vitest";
import { readSources } from "./sources.ts";
import { RULES } from "./style.ts";

const sources = readSources();

test("there are files to look at", () => {
  expect(sources.length).toBeGreaterThan(50);
});

describe.each(RULES)("$name", ({ breaks, bad, good }) => {
  test("in every file", () => {
    expect(sources.filter(breaks).map(({ path }) => path)).toEqual([]);
  });

  test("self-test: a file that breaks it is found, and no other", () => {
    expect(bad.filter((source) => !breaks(source))).toEqual([]);
    expect(good.filter(breaks)).toEqual([]);
  });
});
