/** The tables of `test/cases/decision` through the decision, and through the reference, so that neither is alone in being right. */
import { describe, expect, test } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import { ALLOW_REASONS, DENY_REASONS } from "../../../src/decision/model.ts";
import { ANSWERS } from "../../cases/decision/answers.ts";
import { ATTRIBUTION } from "../../cases/decision/attribution.ts";
import { HOSTS } from "../../cases/decision/hosts.ts";
import { NOTICES } from "../../cases/decision/notices.ts";
import { OBJECTIONS } from "../../cases/decision/objections.ts";
import { PEOPLE } from "../../cases/decision/people.ts";
import { PRESENCE } from "../../cases/decision/presence.ts";
import { ROUTES } from "../../cases/decision/routes.ts";
import { SERVICES } from "../../cases/decision/services.ts";
import { ALLOWED, argumentsOf, type Case } from "../../cases/decision/story.ts";
import { referenceDecision } from "../../spec/reference.ts";

const CASES: readonly Case[] = [
  ...ROUTES,
  ...ATTRIBUTION,
  ...ANSWERS,
  ...PEOPLE,
  ...HOSTS,
  ...NOTICES,
  ...OBJECTIONS,
  ...PRESENCE,
  ...SERVICES,
];

describe("the decision, case by case", () => {
  test.each(CASES.map((it) => [`${it.rule}: ${it.name}`, it] as const))("%s", (_name, it) => {
    const decision = decide(...argumentsOf(it));
    expect(decision).toMatchObject({ allow: ALLOWED.includes(it.expect), reason: it.expect });
    if (it.basis !== undefined) {
      expect([...(decision.allow ? decision.basis : [])].sort()).toEqual([...it.basis].sort());
    }
  });

  test("the reference says the same", () => {
    const said = CASES.map((it) => [
      it.rule,
      it.name,
      referenceDecision(...argumentsOf(it)).verdicts[0]?.reason,
    ]);
    expect(said).toEqual(CASES.map((it) => [it.rule, it.name, it.expect]));
  });

  test("every rule and every reason has a case, and no two share a name", () => {
    console.log(`decision cases: ${CASES.length}`);
    const rules = new Set(CASES.map(({ rule }) => rule));
    expect([...rules].sort()).toEqual(Array.from({ length: 15 }, (_, n) => `T${n + 1}`).sort());
    const reasons = new Set(CASES.map((it) => it.expect));
    expect([...ALLOW_REASONS, ...DENY_REASONS].filter((reason) => !reasons.has(reason))).toEqual([]);
    expect(new Set(CASES.map((it) => `${it.rule}: ${it.name}`)).size).toBe(CASES.length);
  });
});

describe("what no gate should ask", () => {
  const [item, terms, producer, state, now] = argumentsOf({
    rule: "T15",
    name: "the story",
    expect: "consented",
  });

  test("everyone is needed and the state does not hold everyone: a bug, and no answer", () => {
    const meeting = state.conversations.get("meeting-1")!;
    const partial = new Map(state.conversations).set("meeting-1", { ...meeting, peopleComplete: false });
    const asked = { ...item, speaker: null } as typeof item;
    expect(() => decide(asked, terms, producer, { ...state, conversations: partial }, now)).toThrow(
      "does not hold everyone",
    );
    expect(decide(item, terms, producer, { ...state, conversations: partial }, now).reason).toBe("consented");
  });

  test("a train route that names no service: a bug, and no answer", () => {
    expect(() => decide(item, { ...terms, services: [] }, producer, state, now)).toThrow("names no service");
  });
});
