/** The configuration that ships is one that starts. */
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/parse.ts";
import config from "../../tenfour.config.ts";

test("tenfour.config.ts has no problem", () => {
  const parsed = parseConfig(config);
  expect(parsed.ok ? [] : parsed.problems).toEqual([]);
});
