import fc from "fast-check";
import { expect, it } from "vitest";
import type { FieldRules, ValueRule } from "../../../src/config/define.ts";
import { compileFieldRules } from "../../../src/content/field-rules.ts";
import { casesOfRun } from "../../support/pace.ts";
import { seedOfRun } from "../../support/random.ts";

const seed = seedOfRun() | 0;

const RULES: FieldRules = {
  "/a": "number",
  "/b": "id",
  "/c": "boolean",
  "/d": { words: ["yes", "no"] },
  "/t": "timestamp",
  "/e/a": "number",
  "/e/e/b": "id",
  "/l/*": "number",
  "/m/*/a": "number",
  "/m/*/l/*": "id",
};

const filter = compileFieldRules(RULES);

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(
    null,
    "yes",
    "maybe",
    "an id",
    "id-1",
    "2026-11-21T10:00:00Z",
    "2026-02-30T10:00:00Z",
    "",
    "é",
    '"',
  ),
);
const name = fc.constantFrom("a", "b", "c", "d", "t", "e", "l", "m", "x", "A");

const { value: record } = fc.letrec<{ value: object; any: unknown }>((tie) => ({
  value: fc.dictionary(name, tie("any"), { maxKeys: 6 }),
  any: fc.oneof({ maxDepth: 5 }, scalar, tie("value"), fc.array(tie("any"), { maxLength: 3 })),
}));

it("leaves of a record exactly its allowed fields, and its very bytes if it holds nothing else", () => {
  let whole = 0;
  fc.assert(
    fc.property(record, fc.constantFrom(0, 1, "\t"), (value, indent) => {
      const source = JSON.stringify(value, null, indent);
      const bytes = new TextEncoder().encode(source);
      const left = filter.apply(bytes, 0, bytes.length);
      const text = new TextDecoder().decode(left.bytes);
      const expected = allowed(value, "") as object | undefined;
      if (JSON.stringify(expected ?? {}) === JSON.stringify(value)) {
        whole++;
        expect([left.removed, left.empty, text]).toEqual([false, false, source]);
      } else {
        expect([left.removed, left.empty]).toEqual([true, expected === undefined]);
        expect(text).toBe(expected === undefined ? "" : JSON.stringify(expected));
      }
    }),
    { seed, numRuns: casesOfRun(10_000) },
  );
  expect(whole).toBeGreaterThan(casesOfRun(1_000));
});

/** The same on parsed values: what may pass of `value` at `pointer`; undefined: nothing. */
function allowed(value: unknown, pointer: string): unknown {
  const rule = RULES[pointer];
  if (Array.isArray(value)) {
    const kept = value
      .map((element) => allowed(element, `${pointer}/*`))
      .filter((element) => element !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof value === "object" && value !== null) {
    const kept = Object.entries(value)
      .map(([key, member]) => [key, allowed(member, `${pointer}/${key}`)])
      .filter(([, member]) => member !== undefined);
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  }
  return rule !== undefined && fits(value, rule) ? value : undefined;
}

function fits(value: unknown, rule: ValueRule): boolean {
  if (rule === "number" || rule === "boolean") return typeof value === rule;
  if (typeof value !== "string") return false;
  if (typeof rule === "object") return rule.words.includes(value);
  return rule === "id" ? /^[A-Za-z0-9._:+/=-]{1,64}$/.test(value) : value === "2026-11-21T10:00:00Z";
}
