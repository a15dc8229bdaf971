/** Contract, section 6: a signal may tighten, never grant, and a malformed one denies. The header is a dictionary of RFC 9651. */
import { expect, test } from "vitest";
import { readSignal } from "../../../src/rules/signal.ts";

const SAID: readonly (readonly [header: string | null, signal: ReturnType<typeof readSignal>])[] = [
  [null, "none"],
  ["train-ai=n", "disallows"],
  ["train-ai=y", "none"],
  ["  train-ai=n  ", "disallows"],
  ["search=n", "none"],
  ["search", "none"],
  ["search=y, train-ai=n", "disallows"],
  ["search=y,train-ai=n,other", "disallows"],
  ["train-ai=n, search=y", "disallows"],
  ["train-ai=n;scope=all", "disallows"],
  ["train-ai=y;scope=all; until=2027;old", "none"],
  ["search=y;train-ai=n", "none"],
  ["*a_b.c-d*9=A-Za-z*0-9?:/._", "none"],
  ["a;b;c;  d=1", "none"],
  // Said twice: whatever the second says, the first was no.
  ["train-ai=n, train-ai=y", "disallows"],
  ["train-ai=y, train-ai=n", "disallows"],
  ["train-ai=n, train-ai", "malformed"],
  // Neither yes nor no.
  ["train-ai", "malformed"],
  ["train-ai=?0", "malformed"],
  ["train-ai=no", "malformed"],
  ["train-ai=N", "malformed"],
  ["train-ai=yn", "malformed"],
  // No dictionary.
  ["", "malformed"],
  [",", "malformed"],
  ["train-ai=y,", "malformed"],
  ["train-ai=y search=y", "malformed"],
  ["train-ai =y", "malformed"],
  ["train-ai= y", "malformed"],
  ["train-ai==y", "malformed"],
  ["train-ai=", "malformed"],
  ["=y", "malformed"],
  ['train-ai="y"', "malformed"],
  ["Train-AI=n", "malformed"],
  ["TRAIN-AI=y", "malformed"],
  ["9a=y", "malformed"],
  ["aB=y", "malformed"],
  ["a=y;", "malformed"],
  ["a=y;;b", "malformed"],
  ["a=y;B=1", "malformed"],
  ["a=y;bB", "malformed"],
  ["a=y;9", "malformed"],
  ["a=y;b=", "malformed"],
  ['a=y;b="1"', "malformed"],
  ["a=y;b=1!", "malformed"],
  ["!a=y", "malformed"],
  ["a=y!", "malformed"],
];

test.each(SAID)("%s: %s", (header, signal) => {
  expect(readSignal(header)).toBe(signal);
});
