import { expect, test } from "vitest";
import { explain } from "../../../src/decision/explain.ts";
import { ALLOW_REASONS, DENY_REASONS } from "../../../src/decision/model.ts";

const REASONS = [...ALLOW_REASONS, ...DENY_REASONS];
/** From the contract's table: the rule that gives each reason. */
const FIRST_OF_RULE = [
  ["service_data", "T1"],
  ["opaque_uninspected", "T1"],
  ["third_party_recipient", "T2"],
  ["purpose_not_permitted", "T3"],
  ["protected_education", "T4"],
  ["kind_unknown", "T5"],
  ["unattributed", "T6"],
  ["producer_not_authorized", "T7"],
  ["captured_in_future", "T8"],
  ["protect", "T9"],
  ["service_not_enabled", "T10"],
  ["serve", "T11"],
  ["signal_disallows", "T12"],
  ["account_consent_missing", "T13"],
  ["host_consent_missing", "T14"],
  ["speaker_unknown", "T15"],
] as const;

test.each(REASONS)("%s is said in a sentence, and what would change it", (reason) => {
  const { says, wouldChange } = explain(reason, "content");
  expect(wouldChange.length).toBeGreaterThan(0);
  for (const sentence of [says, ...wouldChange]) {
    expect(sentence).toMatch(/^[A-Z][^.?!]*\.$/);
    expect(sentence.split(" ").length).toBeGreaterThan(4);
    expect(sentence).not.toMatch(/_|`|undefined|\bT\d/);
  }
});

test("no two reasons are said alike", () => {
  const said = REASONS.map((reason) => explain(reason, "content").says);
  expect(new Set(said).size).toBe(said.length);
});

test("every reason has the number of its rule, in the order of the rules", () => {
  for (const [reason, rule] of FIRST_OF_RULE)
    expect([reason, explain(reason, "content").rule]).toEqual([reason, rule]);
  const numbers = DENY_REASONS.map((reason) => Number(explain(reason, "content").rule!.slice(1)));
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(explain("consented", "content").rule).toBeNull();
});

test("service data for a third party is stopped by the rule for service data, and no consent is spoken of", () => {
  for (const type of ["service_data", "opaque"] as const) {
    const { rule, says, wouldChange } = explain("third_party_recipient", type);
    expect(rule).toBe("T1");
    expect(says).toMatch(/third part.*service generates/);
    expect(wouldChange.join()).toMatch(/operator .* route/);
    expect(says + wouldChange.join()).not.toMatch(/consent/);
    expect(explain("service_data", type).says).not.toBe(says);
  }
});
