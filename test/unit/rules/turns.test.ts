/** A conversation of which some may be heard and some not: which turns stay, on whose word, and where all go. */
import { describe, expect, test } from "vitest";
import type { Speaker } from "../../../src/content/speakers.ts";
import type { Item } from "../../../src/decision/model.ts";
import { decideReading, verdictOn } from "../../../src/rules/verdict.ts";
import { argumentsOf, minute } from "../../cases/decision/story.ts";

const [item, terms, producer, state, now] = argumentsOf({
  rule: "T15",
  name: "cy objects, dee was not asked",
  expect: "consented",
  people: { cy: { objected: [[minute(15), null]] }, dee: { accepted: [] } },
});

function readingOf(turns: readonly Speaker[], over: object = {}) {
  const items = [...new Set(turns)].map((speaker) => ({ ...item, ...over, speaker }) as Item);
  return { items, turns, replacement: null };
}
const decided = (turns: readonly Speaker[], over: object = {}) =>
  decideReading(readingOf(turns, over), terms, producer, state, now);

const LEFT = new TextEncoder().encode("{}");

describe("which turns stay", () => {
  test("all of those who agreed: then it is one record", () => {
    const decision = decided(["ana", "ben", "ana"]);
    expect([decision.allow, decision.stays]).toEqual([true, undefined]);
  });

  test.each<[string, Speaker[], boolean[], string]>([
    ["one objects", ["ana", "cy", "ben"], [true, false, true], "participant_objected"],
    ["one was not asked", ["dee", "ben"], [false, true], "participant_undecided"],
    ["one is unknown", ["ben", "", "mallory"], [true, false, false], "speaker_unknown"],
    ["what is everyone's is not theirs alone", [null, "ana"], [false, true], "participant_objected"],
    [
      "the first that is denied names the reason",
      ["ana", "dee", "cy"],
      [true, false, false],
      "participant_undecided",
    ],
  ])("%s", (_, turns, stay, reason) => {
    const { reason: said, stays } = decided(turns);
    expect([said, stays?.turns]).toEqual([reason, stay]);
  });

  test("none: then it is denied as one", () => {
    expect(decided(["cy", "dee"]).stays).toBeUndefined();
    expect(decided(["ana", "ben"], { account: null })).toEqual({ allow: false, reason: "unattributed" });
  });

  test("they rest on the consents of those who stay, each once", () => {
    const one = (speaker: Speaker) => {
      const decision = decided([speaker]);
      return decision.allow ? decision.basis : [];
    };
    const basis = decided(["ana", "cy", "ben", "ana"]).stays!.basis;
    expect(new Set(basis)).toEqual(new Set([...one("ana"), ...one("ben")]));
    expect(basis).toHaveLength(new Set(basis).size);
    expect(one("ben").length).toBeGreaterThan(0);
  });

  test("a turn of several kinds stays if each of them may", () => {
    const reading = readingOf(["ana", "ben"]);
    const screen = reading.items.map((one) => ({ ...one, kind: "hologram" }) as Item);
    const items = [...reading.items, screen[0]!];
    expect(decideReading({ items, turns: reading.turns }, terms, producer, state, now).stays?.turns).toEqual([
      false,
      true,
    ]);
  });
});

describe("what is done with the rest", () => {
  const decision = decided(["ana", "cy"]);
  const reading = readingOf(["ana", "cy"]);
  const { reason, stays } = decision;

  test("strip leaves the turns that stay, on their consents", () => {
    const asked: unknown[] = [];
    const verdict = verdictOn(decision, reading, { onDeny: "strip" }, (kept) => {
      asked.push(kept);
      return LEFT;
    });
    expect(asked).toEqual([[true, false]]);
    expect(verdict).toEqual({ outcome: "stripped", reason, basis: stays!.basis, replacement: LEFT });
  });

  test.each([
    ["drop", "dropped"],
    ["reject", "rejected"],
  ] as const)("%s: it is all or nothing", (onDeny, outcome) => {
    const verdict = verdictOn(decision, reading, { onDeny }, () => LEFT);
    expect(verdict).toEqual({ outcome, reason, basis: [], replacement: null });
  });
});
