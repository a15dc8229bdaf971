/** A window's verdicts: under one state at one instant, and anew from a record on when the state has changed. */
import { expect, test } from "vitest";
import type { State } from "../../../src/decision/model.ts";
import { judge, leaves, sameVerdicts, type Verdict } from "../../../src/gate/verdicts.ts";
import { recordRoute } from "./sound-routes.ts";
import { windowOf } from "./windows-of.ts";

const NOTHING: State = { accounts: new Map(), conversations: new Map(), notices: new Map() };
const PRODUCER = { id: "p", keyId: "k", accounts: ["*"] };
const CONTENT = '{"type":"content","account":"acme","kind":"chat","text":"SECRET-7f3a"}';
const LABELLED = '{"type":"content","kind":"hologram","text":"SECRET-7f3a"}';
const USAGE = '{"type":"usage","tokens_used":1}';
const EXCESS = '{"type":"usage","tokens_used":1,"note":"SECRET-7f3a"}';
const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

async function judged(
  lines: readonly string[],
  onDeny = "strip",
  before?: readonly Verdict[],
  from?: number,
) {
  const window = await windowOf(`${lines.join("\n")}\n`);
  return judge(window, recordRoute({ on_deny: onDeny }), PRODUCER, NOTHING, 0, before, from);
}

test("each record its own: what was not consented is never stripped where it is nobody's", async () => {
  const verdicts = await judged([CONTENT, USAGE, LABELLED, EXCESS, CONTENT]);
  expect(verdicts.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
    "dropped unattributed",
    "forwarded service_data",
    "stripped kind_unknown",
    "stripped service_data",
    "dropped unattributed",
  ]);
  expect(verdicts.map(({ replacement }) => text(replacement))).toEqual([
    null,
    null,
    '{"type":"content"}',
    '{"type":"usage","tokens_used":1}',
    null,
  ]);
});

test("from a record on, those before keep theirs", async () => {
  const before = (await judged([USAGE, USAGE, USAGE], "drop")).map((verdict) => ({
    ...verdict,
    reason: "serve" as const,
  }));
  const again = await judged([CONTENT, CONTENT, CONTENT], "drop", before, 2);
  expect(again.map(({ reason }) => reason)).toEqual(["serve", "serve", "unattributed"]);
  expect(again[0]).toBe(before[0]);
});

test("what says the same of many records is one", async () => {
  const verdicts = await judged([CONTENT, USAGE, CONTENT, EXCESS, USAGE, EXCESS]);
  expect(verdicts[2]).toBe(verdicts[0]);
  expect(verdicts[4]).toBe(verdicts[1]);
  expect(verdicts[5]).not.toBe(verdicts[3]);
});

const CONSENTED: Verdict = {
  outcome: "forwarded",
  reason: "consented",
  basis: ["a", "b"],
  replacement: null,
};

test.each<[name: string, other: Partial<Verdict>, same: boolean]>([
  ["the same", { basis: ["a", "b"] }, true],
  ["another outcome", { outcome: "stripped" }, false],
  ["another reason", { reason: "serve" }, false],
  ["another basis", { basis: ["a", "c"] }, false],
  ["more of a basis", { basis: ["a", "b", "c"] }, false],
  ["less of a basis", { basis: ["a"] }, false],
])("sameness: %s", (_, other, same) => {
  expect(sameVerdicts([CONSENTED, { ...CONSENTED, ...other }], [CONSENTED, CONSENTED])).toBe(same);
});

test.each([
  ["forwarded", true],
  ["stripped", true],
  ["dropped", false],
  ["rejected", false],
] as const)("%s leaves: %s", (outcome, does) => {
  expect(leaves({ ...CONSENTED, outcome })).toBe(does);
});
