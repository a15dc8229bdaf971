/** What is counted of a batch: as many parts as may be, and not one more. */
import { expect, test } from "vitest";
import { LIMITS } from "../../../../src/config/limits.ts";
import { Items } from "../../../../src/content/otlp/batch.ts";

test("as many parts as may be are counted, and one more is too many", () => {
  const items = new Items();
  for (let n = 0; n < LIMITS.otlp_parts_max; n++) items.countPart();
  expect(() => items.countPart()).toThrow("body_too_large");
});
