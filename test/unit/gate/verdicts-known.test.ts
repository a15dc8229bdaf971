/** What a decision that was made once may serve for, and what not: it must be the one each record would have had by itself. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Claim } from "../../../src/content/shape.ts";
import { decide } from "../../../src/decision/decide.ts";
import type { ContentItem, Instant, Item, RouteTerms, State } from "../../../src/decision/model.ts";
import { Columns } from "../../../src/gate/columns.ts";
import { isChanged, Judge, outcomeOf, type Verdicts } from "../../../src/gate/verdicts.ts";
import type { Window } from "../../../src/gate/windows.ts";
import { decideRecord } from "../../../src/rules/verdict.ts";
import { AT, argumentsOf, type Case, minute, NOW, START } from "../../cases/decision/story.ts";
import { recordRoute } from "./sound-routes.ts";

const [ITEM, TERMS] = argumentsOf({ rule: "T15", name: "", expect: "consented" });
const BEN = { ...ITEM, capturedAt: null } as ContentItem;
const PRODUCER = { id: "p", keyId: "k", accounts: ["*"] };
const stateOf = (story: Partial<Case> = {}): State =>
  argumentsOf({ rule: "T15", name: "", expect: "consented", ...story })[3];
const OBJECTED = { people: { ben: { objected: [[0, null]] } } } as const;

type When = Instant | null | readonly [Instant, Instant];
let when: When[];
beforeEach(() => {
  when = [];
});
/** The record being added says when by the next of `when`. */
const times = {
  single: null,
  capturedAt: () => {
    const [next] = when;
    return typeof next === "object" && next !== null ? next[0]! : (next ?? null);
  },
  capturedUntil: () => {
    const next = when.shift();
    return typeof next === "object" && next !== null ? next[1]! : null;
  },
};
const claimOf = (items: readonly Item[] = [BEN], more: Partial<Claim> = {}): Claim => ({
  items,
  turns: null,
  replacement: null,
  stripTo: null,
  times,
  ...more,
});
/** A record for each claim, with its time. */
function windowOf(...records: readonly (readonly [Claim, When])[]): Window {
  const columns = new Columns();
  for (const [claim, at] of records) {
    when = [at];
    columns.add(new Uint8Array(0), 0, 0, claim);
  }
  return { columns, bytes: new Uint8Array(0), firstIndex: 0 } as unknown as Window;
}
const judgeOf = (terms: RouteTerms = TERMS, onDeny = "drop") =>
  new Judge({ ...recordRoute({ on_deny: onDeny }), terms }, PRODUCER);
const reasonsOf = ({ found, findings }: Verdicts) => Array.from(found, (one) => findings[one]!.reason);
const timed = (items: readonly Item[], at: When): readonly Item[] =>
  items.map((item) =>
    item.type !== "content"
      ? item
      : {
          ...item,
          capturedAt: typeof at === "object" && at !== null ? at[0] : at,
          capturedUntil: typeof at === "object" && at !== null ? at[1] : null,
        },
  );

describe("one claim at many times", () => {
  const state = stateOf({
    people: {
      ben: { objected: [[minute(30), minute(40)]], there: [[minute(12), minute(50)]] },
      cy: { objected: [[minute(15), minute(25)]] },
    },
  });
  const instants = [0, 1, 5, 8, 9, 12, 15, 20, 25, 30, 35, 40, 50, 55, 60, 100, 105, 107]
    .map(minute)
    .flatMap((at) => [at - 1, at, at + 1]);
  const orders: readonly (readonly [string, readonly When[]])[] = [
    ["forwards", instants],
    ["backwards", instants.toReversed()],
    ["with and without an end", instants.flatMap((at): When[] => [at, [at, at + minute(12)], at])],
    ["with an end first", instants.flatMap((at): When[] => [[at, at + minute(12)], at])],
    ["none first", [null, ...instants, null]],
    ["none last", [...instants, null]],
  ];
  const CY = { ...BEN, speaker: "cy" };
  const people: readonly (readonly [string, readonly Item[]])[] = [
    ["of one", [BEN]],
    ["of two who differ", [BEN, CY]],
    ["of the same two the other way round", [CY, BEN]],
    ["of one, of two kinds", [BEN, { ...BEN, kind: "audio" }]],
    ["to somebody", [{ ...BEN, privateTo: ["cy"] }]],
    ["of nobody", [{ ...BEN, speaker: null }]],
    ["of a service and one", [{ type: "service_data" }, BEN]],
    ["of one and a service", [BEN, { type: "service_data" }]],
    ["of a service", [{ type: "service_data" }]],
  ];

  test.each(people.flatMap(([who, items]) => orders.map(([order, at]) => [who, order, items, at] as const)))(
    "%s, %s",
    (_, __, items, at) => {
      const claim = claimOf(items);
      const window = windowOf(...at.map((one) => [claim, one] as const));
      const judge = judgeOf();
      for (const now of [NOW, NOW + minute(3), NOW]) {
        const expected = at.map((one) => decideRecord(timed(items, one), TERMS, PRODUCER, state, now).reason);
        expect(reasonsOf(judge.verdicts(window, state, now))).toEqual(expected);
      }
    },
  );
});

describe("another state", () => {
  const at: readonly When[] = [AT, null, [AT, AT + 1]];

  test.each<[string, RouteTerms["purpose"], Partial<Case>]>([
    ["train", "train", OBJECTED],
    ["serve", "serve", { settings: { summary: { enabled: false, trialEndsAt: null } } }],
  ])("is asked for each record again: %s", (_, purpose, story) => {
    const terms = { ...TERMS, purpose };
    const claim = claimOf();
    const judge = judgeOf(terms);
    const states = [stateOf(), stateOf(story), stateOf()];
    for (const state of states) {
      const window = windowOf(...at.map((one) => [claim, one] as const));
      const expected = at.map((one) => decide(timed([BEN], one)[0]!, terms, PRODUCER, state, NOW).reason);
      expect(reasonsOf(judge.verdicts(window, state, NOW))).toEqual(expected);
    }
  });

  test("that comes later, with a window judged anew by it", () => {
    const judge = judgeOf();
    const window = windowOf(...[AT, AT, AT].map((one) => [claimOf(), one] as const));
    const first = judge.verdicts(window, stateOf(), NOW);
    const again = judge.verdicts(window, stateOf(OBJECTED), NOW, first, 1);
    expect(reasonsOf(again)).toEqual(["consented", "participant_objected", "participant_objected"]);
  });
});

test("time that passes is asked again for what says its own times", () => {
  const ahead = NOW + minute(6);
  const claim = claimOf([{ ...BEN, capturedAt: ahead }], { times: null });
  const state = stateOf({ conversation: { endedAt: null }, people: { ben: { there: [[START, null]] } } });
  const judge = judgeOf();
  const window = windowOf([claim, null]);
  expect(reasonsOf(judge.verdicts(window, state, NOW))).toEqual(["captured_in_future"]);
  expect(reasonsOf(judge.verdicts(window, state, NOW + minute(2)))).toEqual(["consented"]);
});

test("one of two items with times of their own is enough", () => {
  const ahead = { ...BEN, kind: "audio", capturedAt: NOW + minute(6) } as ContentItem;
  const claim = claimOf([{ ...BEN, capturedAt: null }, ahead], { times: null });
  const state = stateOf({ conversation: { endedAt: null }, people: { ben: { there: [[START, null]] } } });
  const terms = { ...TERMS, purpose: "serve" } as const;
  const judge = judgeOf(terms);
  const window = windowOf([claim, null]);
  expect(reasonsOf(judge.verdicts(window, state, NOW))).toEqual(["captured_in_future"]);
  expect(reasonsOf(judge.verdicts(window, state, NOW + minute(2)))).toEqual(["serve"]);
});

test("what said one thing before it was time is decided again when it is", () => {
  const claim = claimOf();
  const state = stateOf({ conversation: { endedAt: null }, people: { ben: { there: [[START, null]] } } });
  const judge = judgeOf();
  const window = windowOf([claim, NOW + minute(6)], [claim, NOW]);
  expect(reasonsOf(judge.verdicts(window, state, NOW))).toEqual(["captured_in_future", "consented"]);
  expect(reasonsOf(judge.verdicts(window, state, NOW + minute(2)))).toEqual(["consented", "consented"]);
});

/** A state that counts how often it is asked about an account. */
class Counted extends Map<string, never> {
  asked = 0;
  looked = 0;
  override has(id: string) {
    this.looked += 1;
    return super.has(id);
  }
  override get(id: string) {
    this.asked += 1;
    return super.get(id);
  }
}
function counted(story: Partial<Case> = {}, more: readonly string[] = []) {
  const state = stateOf(story);
  const accounts = new Counted(state.accounts as never);
  for (const id of more) accounts.set(id, accounts.get("acme")!);
  return { accounts, state: { ...state, accounts } as unknown as State };
}

const LEFT = {
  apply: () => ({ bytes: new TextEncoder().encode("{}"), removed: true, empty: false }),
} as never;

describe("decided once", () => {
  const asks = (records: readonly (readonly [Claim, When])[], windows = 1) => {
    const { accounts, state } = counted();
    const judge = judgeOf();
    for (let i = 0; i < windows; i++) judge.verdicts(windowOf(...records), state, NOW);
    return accounts.asked;
  };
  const BEN_SAYS = claimOf();

  test.each<[string, readonly (readonly [Claim, When])[], readonly (readonly [Claim, When])[]]>([
    ["many records between two turns", [[BEN_SAYS, AT]], Array(50).fill([BEN_SAYS, AT + 1])],
    ["many records without a time", [[BEN_SAYS, null]], Array(50).fill([BEN_SAYS, null])],
  ])("%s", (_, one, many) => {
    expect(asks(many)).toBe(asks(one));
    expect(asks(many, 3)).toBe(asks(one));
  });

  test("each time where it has an end, is ahead, or is said with words of its own", () => {
    const one = asks([[BEN_SAYS, AT]]);
    const own = claimOf([{ ...BEN, capturedAt: AT }], { times: null });
    for (const [claim, at] of [
      [BEN_SAYS, [AT, AT + 1]],
      [BEN_SAYS, NOW + minute(9)],
      [own, null],
    ] as const) {
      expect(asks(Array(50).fill([claim, at]))).toBeGreaterThan(40 + one);
    }
  });

  test.each<[string, Partial<Case>, onDeny: string, Partial<Claim>, Partial<ContentItem>]>([
    ["what is allowed", {}, "drop", {}, {}],
    ["what is dropped though something could be left", OBJECTED, "drop", { stripTo: LEFT }, {}],
    ["what is dropped because nothing could be left", OBJECTED, "strip", {}, {}],
    [
      "what is dropped whatever could be left",
      {},
      "strip",
      { stripTo: LEFT },
      { speaker: null, conversation: null },
    ],
  ])("%s comes to the same finding without being looked at again", (_, story, onDeny, more, item) => {
    const looks = (records: number) => {
      const { accounts, state } = counted(story);
      const claim = claimOf([{ ...BEN, ...item }], more);
      judgeOf(TERMS, onDeny).verdicts(windowOf(...Array(records).fill([claim, AT])), state, NOW);
      return accounts.looked;
    };
    expect(looks(50)).toBe(looks(1));
  });

  test("from window to window, but not what has something else to say each time", () => {
    const replaced = claimOf([BEN], { replacement: new Uint8Array(1) });
    expect(asks([[replaced, AT]], 5)).toBeGreaterThan(asks([[replaced, AT]], 1));
  });

  test("anew once an instant is over at which something turns by itself, or the clock has gone back", () => {
    const { accounts, state } = counted({ accountConsent: { summary: { expiresAt: NOW + 10 } } });
    const judge = judgeOf();
    const window = windowOf([BEN_SAYS, AT]);
    const asksAt = (now: number) => {
      const before = accounts.asked;
      return [reasonsOf(judge.verdicts(window, state, now))[0], accounts.asked > before];
    };
    expect(asksAt(NOW)).toEqual(["consented", true]);
    expect(asksAt(NOW)).toEqual(["consented", false]);
    expect(asksAt(NOW + 9)).toEqual(["consented", false]);
    expect(asksAt(NOW + 10)).toEqual(["account_consent_expired", true]);
    expect(asksAt(NOW + 11)).toEqual(["account_consent_expired", false]);
    expect(asksAt(NOW + 9)).toEqual(["consented", true]);
  });
});

describe("what was found", () => {
  const accounts = Array.from({ length: 4_200 }, (_, i) => `account-${i}`);
  const { state } = counted({}, accounts);
  const of = (account: string) => claimOf([{ ...BEN, account }]);
  const windowOfAccounts = (some: readonly string[]) => windowOf(...some.map((id) => [of(id), AT] as const));
  const accountsOf = ({ found, findings }: Verdicts) => Array.from(found, (one) => findings[one]!.account);

  test("is one list from window to window, until 4,096 things were", () => {
    const judge = judgeOf();
    const first = judge.verdicts(windowOfAccounts(accounts.slice(0, 4_095)), state, NOW);
    const second = judge.verdicts(windowOfAccounts(accounts.slice(4_095, 4_096)), state, NOW);
    expect(second.findings).toBe(first.findings);
    expect(second.findings).toHaveLength(4_096);
    const third = judge.verdicts(windowOfAccounts(accounts.slice(4_096, 4_098)), state, NOW);
    expect(accountsOf(third)).toEqual(["account-4096", "account-4097"]);
    expect(third.findings).toHaveLength(2);
    expect(accountsOf(second)).toEqual(["account-4095"]);
  });

  test("is one list though the same was found of 4,096 claims, and none beyond", () => {
    const judge = judgeOf();
    const claims = Array.from({ length: 4_096 }, () => [claimOf(), AT] as const);
    const first = judge.verdicts(windowOf(...claims.slice(1)), state, NOW);
    const second = judge.verdicts(windowOf(claims[0]!), state, NOW);
    expect(second.findings).toBe(first.findings);
    expect(judge.verdicts(windowOf([claimOf(), AT]), state, NOW).findings).not.toBe(first.findings);
  });

  test("keeps its numbers when a window is judged anew, by whatever list came since", () => {
    const judge = judgeOf();
    const early = windowOfAccounts(["account-1", "account-2", "account-3"]);
    const before = judge.verdicts(early, state, NOW);
    judge.verdicts(windowOfAccounts(accounts), state, NOW);
    judge.verdicts(windowOfAccounts(["account-9"]), state, NOW);
    const again = judge.verdicts(early, state, NOW, before, 1);
    expect(accountsOf(again)).toEqual(["account-1", "account-2", "account-3"]);
    expect(again.found).toEqual(before.found);
    const third = judge.verdicts(early, { ...state }, NOW, again, 2);
    expect(accountsOf(third)).toEqual(["account-1", "account-2", "account-3"]);
    expect(third.findings).toBe(again.findings);
  });

  test("of a full list is judged anew by the same list", () => {
    const judge = judgeOf();
    const window = windowOfAccounts(accounts);
    const before = judge.verdicts(window, state, NOW);
    expect(judge.verdicts(window, state, NOW, before).findings).toBe(before.findings);
  });
});

describe("what is left of a record", () => {
  const SPEECH = { ...BEN, capturedAt: AT };
  const stripTo = (left: string) => ({
    apply: () => ({ bytes: new TextEncoder().encode(left), removed: true, empty: left === "" }),
  });
  const one = (left: string) => claimOf([SPEECH], { times: null, stripTo: stripTo(left) as never });

  test("stays with those before, and is gone from one that is allowed by now", () => {
    const judge = judgeOf(TERMS, "strip");
    const window = windowOf(...["a", "b", "c"].map((left) => [one(left), null] as const));
    const before = judge.verdicts(window, stateOf(OBJECTED), NOW);
    expect([...before.replacements.keys()]).toEqual([0, 1, 2]);
    const again = judge.verdicts(window, stateOf(), NOW, before, 1);
    expect([0, 1, 2].map((i) => outcomeOf(again, i))).toEqual(["stripped", "forwarded", "forwarded"]);
    expect([...again.replacements.keys()]).toEqual([0]);
  });

  test("is nothing: then it is dropped, and nothing stands for it", () => {
    const verdicts = judgeOf(TERMS, "strip").verdicts(
      windowOf([one(""), null], [one("left"), null]),
      stateOf(OBJECTED),
      NOW,
    );
    expect([0, 1].map((i) => outcomeOf(verdicts, i))).toEqual(["dropped", "stripped"]);
    expect([...verdicts.replacements.keys()]).toEqual([1]);
  });
});

test.each([
  ["forwarded", false],
  ["stripped", true],
  ["dropped", true],
  ["rejected", true],
] as const)("%s is changed: %s", (outcome, changed) => {
  expect(isChanged(outcome)).toBe(changed);
});
