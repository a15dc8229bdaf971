/** The evidence of a window (contract, section 8): counts by account, conversation and reason; what forwarded items rest on, by index. */
import { expect, test } from "vitest";
import type { Item, State } from "../../../src/decision/model.ts";
import { tally } from "../../../src/gate/tally.ts";
import type { Verdict } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";

const STATE = {
  accounts: new Map([
    ["acme", {}],
    ["globex", {}],
  ]),
  conversations: new Map([
    ["m1", {}],
    ["m2", {}],
  ]),
  notices: new Map(),
} as unknown as State;

const SERVICE_DATA: Item = { type: "service_data" };
const said = (account: string | null, conversation: string | null) =>
  ({ type: "content", account, conversation }) as Item;
const forwarded = (...basis: string[]): Verdict => ({
  outcome: "forwarded",
  reason: "consented",
  basis,
  replacement: null,
});
const denied = (reason: Verdict["reason"], outcome: Verdict["outcome"] = "dropped"): Verdict => ({
  outcome,
  reason,
  basis: [],
  replacement: null,
});

function tallied(firstIndex: number, ...records: readonly (readonly [Item, Verdict])[]) {
  const window = { firstIndex, readings: records.map(([item]) => ({ items: [item] })) } as unknown as Window;
  const verdicts = records.map(([, verdict]) => verdict);
  return tally(window, verdicts, STATE);
}
const counted = (account: string | null, conversation: string | null, rest: object) => ({
  account,
  conversation,
  ...rest,
});

test("nothing of an empty window", () => {
  expect(tallied(7)).toEqual({ counts: [], rests_on: [] });
});

test("each account, conversation, outcome and reason by itself", () => {
  const { counts } = tallied(
    0,
    [said("acme", "m1"), forwarded("a")],
    [said("acme", "m1"), forwarded("b")],
    [said("acme", "m1"), denied("participant_objected")],
    [said("acme", "m1"), denied("participant_objected", "stripped")],
    [said("acme", "m1"), denied("speaker_unknown")],
    [said("globex", "m1"), denied("participant_objected")],
    [said("acme", "m2"), denied("participant_objected")],
    [said("acme", "m1"), denied("participant_objected")],
  );
  expect(counts).toHaveLength(6);
  expect(counts).toEqual(
    expect.arrayContaining([
      counted("acme", "m1", { outcome: "forwarded", reason: "consented", items: 2 }),
      counted("acme", "m1", { outcome: "dropped", reason: "participant_objected", items: 2 }),
      counted("acme", "m1", { outcome: "stripped", reason: "participant_objected", items: 1 }),
      counted("acme", "m1", { outcome: "dropped", reason: "speaker_unknown", items: 1 }),
      counted("globex", "m1", { outcome: "dropped", reason: "participant_objected", items: 1 }),
      counted("acme", "m2", { outcome: "dropped", reason: "participant_objected", items: 1 }),
    ]),
  );
});

test("ids that the state does not know are a sender's words, and are left out", () => {
  const { counts } = tallied(
    0,
    [said("SECRET-7f3a", "SECRET-7f3a"), denied("unattributed")],
    [said(null, null), denied("unattributed")],
    [SERVICE_DATA, { ...denied("service_data"), outcome: "forwarded" }],
    [said("acme", "SECRET-7f3a"), denied("unattributed")],
  );
  expect(counts).toEqual([
    counted(null, null, { outcome: "dropped", reason: "unattributed", items: 2 }),
    counted(null, null, { outcome: "forwarded", reason: "service_data", items: 1 }),
    counted("acme", null, { outcome: "dropped", reason: "unattributed", items: 1 }),
  ]);
});

test("runs of items that rest on the same consents, by index over the whole body", () => {
  const both = forwarded("account", "host", "ben");
  const { rests_on } = tallied(
    100,
    [said("acme", "m1"), both],
    [said("acme", "m1"), forwarded("account", "host", "ben")],
    [said("acme", "m1"), denied("speaker_unknown")],
    [said("acme", "m1"), both],
    [said("acme", "m1"), forwarded("account", "other", "ben")],
    [said("acme", "m1"), forwarded("host", "ben")],
    [said("acme", "m1"), forwarded("ana")],
    [said("acme", "m1"), both],
  );
  expect(rests_on).toHaveLength(4);
  expect(rests_on).toEqual(
    expect.arrayContaining([
      {
        consents: ["account", "host", "ben"],
        items: [
          [100, 101],
          [103, 103],
          [107, 107],
        ],
      },
      { consents: ["account", "other", "ben"], items: [[104, 104]] },
      { consents: ["host", "ben"], items: [[105, 105]] },
      { consents: ["ana"], items: [[106, 106]] },
    ]),
  );
});
