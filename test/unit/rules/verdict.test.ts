/** Contract, section 6, `on_deny`: what becomes of a record once it is decided; and that one record is one decision. */
import { describe, expect, test } from "vitest";
import { DENY_REASONS, type Item } from "../../../src/decision/model.ts";
import { decideRecord, mayStrip, verdictOn } from "../../../src/rules/verdict.ts";
import { argumentsOf } from "../../cases/decision/story.ts";

/** A denial by T2, T4, T6 or T7 is never stripped, always dropped. */
const NEVER_STRIPPED = [
  "third_party_recipient",
  "protected_education",
  "protected_health",
  "unattributed",
  "producer_not_authorized",
];
const LEFT = new TextEncoder().encode('{"id":1}');
const NOTHING = new Uint8Array(0);

describe.each(DENY_REASONS)("denied for %s", (reason) => {
  const denied = { allow: false, reason } as const;
  const never = NEVER_STRIPPED.includes(reason);

  test("strip", () => {
    expect(mayStrip({ onDeny: "strip" }, reason)).toBe(!never);
    expect(verdictOn(denied, { replacement: null }, { onDeny: "strip" }, () => LEFT)).toEqual(
      never
        ? { outcome: "dropped", reason, basis: [], replacement: null }
        : { outcome: "stripped", reason, basis: [], replacement: LEFT },
    );
  });

  test("strip, and nothing is left", () => {
    const verdict = verdictOn(denied, { replacement: null }, { onDeny: "strip" }, () => null);
    expect(verdict).toEqual({ outcome: "dropped", reason, basis: [], replacement: null });
  });

  test.each([
    ["drop", "dropped"],
    ["reject", "rejected"],
  ] as const)("%s: %s, and nothing is stripped of it", (onDeny, outcome) => {
    expect(mayStrip({ onDeny }, reason)).toBe(false);
    const verdict = verdictOn(denied, { replacement: LEFT }, { onDeny }, () => LEFT);
    expect(verdict).toEqual({ outcome, reason, basis: [], replacement: null });
  });
});

describe.each(["strip", "drop", "reject"] as const)("allowed, on a route that would %s", (onDeny) => {
  const strip = () => {
    throw new Error("nothing is stripped of what is allowed");
  };
  const consented = { allow: true, reason: "consented", basis: ["a", "b"] } as const;
  const serviceData = { allow: true, reason: "service_data", basis: [] } as const;

  test("it leaves as it came", () => {
    expect(verdictOn(consented, { replacement: null }, { onDeny }, strip)).toEqual({
      outcome: "forwarded",
      reason: "consented",
      basis: ["a", "b"],
      replacement: null,
    });
  });

  test("service data without what is not allowed is stripped; with nothing else, dropped", () => {
    const verdict = (replacement: Uint8Array) => verdictOn(serviceData, { replacement }, { onDeny }, strip);
    expect(verdict(LEFT)).toMatchObject({ outcome: "stripped", replacement: LEFT });
    expect(verdict(NOTHING)).toMatchObject({ outcome: "dropped", replacement: NOTHING });
  });
});

describe("a record of several kinds", () => {
  const story = argumentsOf({ rule: "T15", name: "the story", expect: "consented" });
  const [item, terms, producer, state, now] = story;
  const decided = (...items: Item[]) => decideRecord(items, terms, producer, state, now);
  const chat: Item = { ...item, kind: "chat" } as Item;
  const objected: Item = { ...item, signal: "disallows" } as Item;
  const unknown: Item = { ...item, kind: "hologram" } as Item;

  test("is allowed if each kind is, and rests on all that each rests on, once", () => {
    const spoken = { ...item, speaker: "ana" } as Item;
    expect(decided(item)).toEqual({
      allow: true,
      reason: "consented",
      basis: ["account summary", "host summary", "ben accepted summary"],
    });
    expect(decided(item, chat)).toEqual(decided(item));
    expect(decided(spoken)).toMatchObject({ basis: ["account summary", "host summary"] });
    expect(decided(spoken, item)).toEqual(decided(item));
  });

  test.each([
    ["the first", [objected, item], "signal_disallows"],
    ["the last", [item, chat, objected], "signal_disallows"],
    ["one between", [item, unknown, item], "kind_unknown"],
    ["two: the first of them speaks", [item, unknown, objected], "kind_unknown"],
    ["two the other way", [item, objected, unknown], "signal_disallows"],
  ] as const)("is denied if one is: %s", (_, items, reason) => {
    expect(decided(...items)).toEqual({ allow: false, reason });
  });
});
