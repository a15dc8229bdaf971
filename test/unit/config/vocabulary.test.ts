import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { contentOf, soundConfig } from "./example.ts";

const term = (over: object = {}) => ({
  action: "learn",
  route: "train-meetings",
  content: contentOf(),
  ...over,
});
const configOf = (...vocabulary: object[]) => ({ ...soundConfig(), authzen: { vocabulary } });
function problemsOf(config: unknown): readonly string[] {
  const result = parseConfig(config);
  return result.ok ? [] : result.problems;
}

test("a sound vocabulary is kept, and is part of what the configuration means", () => {
  const when = { "/resource/type": "message", "/action/properties/soft": true, "/context/level": 2 };
  const sound = configOf(term({ when }), term({ captured_now: true, content: untimed() }));
  const result = parseConfig(sound);
  expect(problemsOf(sound)).toEqual([]);
  const plain = parseConfig(soundConfig());
  if (!result.ok || !plain.ok) throw new Error("unsound");
  expect(result.config.authzen).toEqual(sound.authzen);
  expect(result.config.canonical).not.toBe(plain.config.canonical);
  expect(plain.config.authzen).toBeUndefined();
});

const at = (problem: string) => new RegExp(`^authzen\\.vocabulary(\\[\\d\\])?${problem}`);

test.each<[what: string, config: unknown, problem: RegExp]>([
  ["no words", configOf(), at(": describe at least one word")],
  ["no action", configOf(term({ action: "" })), at("\\.action: must not be empty")],
  [
    "a route that is none",
    configOf(term({ route: "nowhere" })),
    at('\\.route: "nowhere" is not among routes'),
  ],
  ["a pointer that is none", configOf(term({ when: { status: "x" } })), at("\\.when")],
  ["many places to compare", configOf(term({ when: { "/a/*": "x" } })), at("\\.when")],
  ["an object to compare with", configOf(term({ when: { "/a": {} } })), at("\\.when")],
  [
    "no account",
    configOf(term({ content: { ...contentOf(), account: undefined } })),
    at("\\.content\\.account"),
  ],
  ["no time", configOf(term({ content: untimed() })), at("\\.content\\.captured_at: is missing")],
  ["two times", configOf(term({ captured_now: true })), at("\\.content\\.captured_at: captured_now says")],
  ["an answer", configOf(term({ decision: true })), at("\\.decision: there is no such setting")],
])("%s is a problem", (_what, config, problem) => {
  expect(problemsOf(config)).toContainEqual(expect.stringMatching(problem));
});

function untimed(): object {
  const { captured_at: _at, ...rest } = contentOf();
  return rest;
}
