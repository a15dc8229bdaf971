/** Look up, decide, record, and anew once the state has aged: what is decided on which state, and what of it goes on record. */
import { beforeEach, describe, expect, test } from "vitest";
import type { ConsentReader } from "../../../src/consent/port.ts";
import type { Exchange } from "../../../src/gate/exchange.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import { type Judged, Judging } from "../../../src/gate/judging.ts";
import { ITEMS_NAMED_MAX } from "../../../src/gate/reply.ts";
import { outcomeOf, type Verdicts } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { AT, argumentsOf, type Case, minute, NOW } from "../../cases/decision/story.ts";
import { recordRoute } from "./sound-routes.ts";
import { windowOf } from "./windows-of.ts";

const OBJECTS: Partial<Case> = { people: { ben: { objected: [[0, null]] } } };
let now: number;
let story: Partial<Case>;
let revision: number;
let asked: string[];
let recorded: [firstIndex: number, round: number, outcomes: string][];
let settled: [firstIndex: number, outcomes: string, from: number, to: number][];

const revisions = () => ({
  accounts: new Map([["acme", revision]]),
  notices: new Map([["summary", 1]]),
});
const consent: ConsentReader = {
  async lookup() {
    asked.push("lookup");
    const [, , , state] = argumentsOf({ rule: "T15", name: "", expect: "consented", ...story });
    return { state, revisions: revisions(), keyRevoked: false, ageMs: 0 };
  },
  async revisions() {
    asked.push("revisions");
    return { revisions: revisions(), keyRevoked: false };
  },
  revokedKeys: async () => new Map(),
};

const outcomesOf = (verdicts: Verdicts) =>
  Array.from(verdicts.found, (_, i) => outcomeOf(verdicts, i)).join(" ");
const exchange = {
  spend: () => {},
  ages: { read: () => now },
  record: async ({ firstIndex }: Window, verdicts: Verdicts, round: number) =>
    void recorded.push([firstIndex, round, outcomesOf(verdicts)]),
  settle: ({ firstIndex }: Window, verdicts: Verdicts, from: number, to: number) =>
    void settled.push([firstIndex, outcomesOf(verdicts), from, to]),
} as unknown as Exchange;

function judgingOf(onDeny: string): Judging {
  const [, terms] = argumentsOf({ rule: "T15", name: "", expect: "consented" });
  const route = { ...recordRoute({ on_deny: onDeny }), terms, serviceIds: ["summary"] };
  const gate = { consent, routes: { everyone: false, cacheMsMax: null }, now: () => now };
  return new Judging(gate as unknown as Gate, route, { id: "p", keyId: "k", accounts: ["*"] }, exchange);
}

const said = (speaker: string) =>
  JSON.stringify({
    type: "content",
    account: "acme",
    conversation: "meeting-1",
    speaker,
    kind: "transcript",
    captured_at: new Date(AT).toISOString(),
    text: "SECRET-7f3a",
  });
const window = (...speakers: string[]) => windowOf(`${speakers.map(said).join("\n")}\n`);

beforeEach(() => {
  now = NOW;
  story = {};
  revision = 1;
  asked = [];
  recorded = [];
  settled = [];
});

async function firstOf(judging: Judging, ...speakers: string[]): Promise<Judged> {
  const judged = await judging.first(await window(...speakers));
  await judging.record(judged);
  recorded = [];
  asked = [];
  return judged;
}

test("a window is looked up and decided once, and recorded as the first round", async () => {
  const judging = judgingOf("drop");
  const judged = await judging.first(await window("ben", "eve"));
  expect([judged.round, judged.checkedAt, outcomesOf(judged.verdicts)]).toEqual([
    0,
    NOW,
    "forwarded dropped",
  ]);
  expect(recorded).toEqual([]);
  await judging.record(judged);
  expect(recorded).toEqual([[0, 0, "forwarded dropped"]]);
  expect(asked).toEqual(["lookup"]);
});

describe("anew", () => {
  test("where nothing has changed: as it was, checked now, and not recorded again", async () => {
    const judging = judgingOf("drop");
    const judged = await firstOf(judging, "ben", "eve");
    now += 2_000;
    const again = await judging.anew(judged, 0);
    expect(again).toEqual({ ...judged, checkedAt: now });
    expect(again.verdicts).toBe(judged.verdicts);
    expect(again.state).toBe(judged.state);
    expect([asked, recorded]).toEqual([["revisions"], []]);
  });

  test("where the state has changed: by the new state, and recorded though it came to the same", async () => {
    const judging = judgingOf("drop");
    const judged = await firstOf(judging, "ben", "eve");
    now += 2_000;
    revision = 2;
    const again = await judging.anew(judged, 0);
    expect([again.round, again.checkedAt, again.revisions.accounts.get("acme")]).toEqual([1, now, 2]);
    expect(recorded).toEqual([[0, 1, "forwarded dropped"]]);
    now += 2_000;
    revision = 3;
    story = OBJECTS;
    const third = await judging.anew(again, 0);
    expect([third.round, outcomesOf(third.verdicts)]).toEqual([2, "dropped dropped"]);
    expect(recorded.at(-1)).toEqual([0, 2, "dropped dropped"]);
    expect(asked).toEqual(["revisions", "lookup", "revisions", "lookup"]);
  });

  test("from a record on: what has left keeps its verdict", async () => {
    const judging = judgingOf("drop");
    const judged = await firstOf(judging, "ben", "ben", "ben");
    now += 2_000;
    revision = 2;
    story = OBJECTS;
    expect(outcomesOf((await judging.anew(judged, 1)).verdicts)).toBe("forwarded dropped dropped");
  });

  test("where only time has passed: decided by it, and recorded", async () => {
    const expiresAt = NOW + minute(1);
    story = { accountConsent: { summary: { expiresAt } } };
    const judging = judgingOf("drop");
    const judged = await firstOf(judging, "ben");
    now = expiresAt;
    const again = await judging.anew(judged, 0);
    expect([again.round, outcomesOf(again.verdicts)]).toEqual([1, "dropped"]);
    expect(recorded).toEqual([[0, 1, "dropped"]]);
    expect(asked).toEqual(["revisions"]);
  });

  test("on a route that rejects, a record that is denied by now ends it", async () => {
    const judging = judgingOf("reject");
    const judged = await firstOf(judging, "ben");
    now += 2_000;
    expect((await judging.anew(judged, 0)).verdicts).toBe(judged.verdicts);
    now += 2_000;
    revision = 2;
    story = OBJECTS;
    await expect(judging.anew(judged, 0)).rejects.toMatchObject({ code: "consent_changed" });
    expect(recorded).toEqual([]);
  });
});

describe("a body that is held", () => {
  test("of which nothing is denied: recorded, and to be forwarded", async () => {
    const judging = judgingOf("reject");
    const one = await judging.first(await window("ben", "ben"));
    judging.deny(one);
    await judging.recordHeld([one]);
    expect(judging.denied).toEqual({ items: [], total: 0 });
    expect(recorded).toEqual([[0, 0, "forwarded forwarded"]]);
    expect(settled).toEqual([]);
  });

  test("of which one is denied: none of it leaves, all of it is on record, and the denied are named", async () => {
    const judging = judgingOf("reject");
    const later = { ...(await window("eve", "ben", "eve")), firstIndex: 2 };
    const held = [await judging.first(await window("ben", "ben")), await judging.first(later)];
    for (const one of held) judging.deny(one);
    await expect(judging.recordHeld(held)).rejects.toMatchObject({ code: "items_denied" });
    expect(judging.denied).toEqual({
      items: [
        { index: 2, reason: "speaker_unknown" },
        { index: 4, reason: "speaker_unknown" },
      ],
      total: 2,
    });
    expect(recorded).toEqual([
      [0, 0, "rejected rejected"],
      [2, 0, "rejected rejected rejected"],
    ]);
    expect(settled).toEqual([
      [0, "rejected rejected", 0, 2],
      [2, "rejected rejected rejected", 0, 3],
    ]);
  });

  test("of which more are denied than an answer names: the first of them, and how many", async () => {
    const judging = judgingOf("reject");
    const one = await judging.first(await window("eve"));
    const found = new Int32Array(ITEMS_NAMED_MAX + 2).fill(one.verdicts.found[0]!);
    judging.deny({ ...one, verdicts: { ...one.verdicts, found } });
    expect(judging.denied.total).toBe(ITEMS_NAMED_MAX + 2);
    expect(judging.denied.items).toHaveLength(ITEMS_NAMED_MAX);
    expect(judging.denied.items.at(-1)!.index).toBe(ITEMS_NAMED_MAX - 1);
  });
});
