/** A form's fields pass by the same allow-list as a record's (contract, section 5): no free text, whatever it is called. */
import { expect, it } from "vitest";
import type { ValueRule } from "../../../src/config/define.ts";
import { fieldText } from "../../../src/content/field-rules.ts";
import { rawBytes } from "./read-body.ts";

const WORDS: ValueRule = { words: ["fine-tune", "two words", "2"] };

it.each<[rule: ValueRule, value: string, passes: boolean]>([
  ["number", "0", true],
  ["number", "-0", true],
  ["number", "1.50e+3", true],
  ["number", "10E-2", true],
  ["number", "1e5", true],
  ["number", "1e+12", true],
  ["number", "9".repeat(64), true],
  ["number", "9".repeat(65), false],
  ["number", "", false],
  ["number", "01", false],
  ["number", "+1", false],
  ["number", "1.", false],
  ["number", ".5", false],
  ["number", "1e", false],
  ["number", "1x", false],
  ["number", "x1", false],
  ["number", " 1", false],
  ["number", "1\n", false],
  ["boolean", "true", true],
  ["boolean", "false", true],
  ["boolean", "True", false],
  ["boolean", "", false],
  ["boolean", "SECRET-7f3a", false],
  ["timestamp", "2026-11-21T10:00:00Z", true],
  ["timestamp", "2026-02-30T10:00:00Z", false],
  ["timestamp", "soon", false],
  ["id", "a.b:c/d=e+f_g-1", true],
  ["id", "x".repeat(64), true],
  ["id", "x".repeat(65), false],
  ["id", "", false],
  ["id", "two words", false],
  ["id", 'a"b', false],
  ["id", "a\\b", false],
  ["id", "\xe9", false],
  [WORDS, "fine-tune", true],
  [WORDS, "two words", true],
  [WORDS, "2", true],
  [WORDS, "Fine-Tune", false],
  [WORDS, "fine-tune ", false],
  [WORDS, 'fine-tune"', false],
  [WORDS, "\\u0066ine-tune", false],
  [WORDS, "", false],
])("%j: %j passes: %s", (rule, value, passes) => {
  expect(fieldText(rule, rawBytes(value))).toBe(passes ? value : null);
});

it("no word passes that is more than printable ASCII", () => {
  const words = ["a\tb", "\u00c3\u00a9", 'a"b', "a\\b", "a b"];
  const passing = words.filter(
    (word) =>
      fieldText(
        { words },
        Uint8Array.from(word, (one) => one.charCodeAt(0)),
      ) !== null,
  );
  expect(passing).toEqual(["a b"]);
});
