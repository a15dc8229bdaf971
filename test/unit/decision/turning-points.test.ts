/** Where a decision may turn, told exactly: a point left out would let one record's decision stand for another's. */
import { describe, expect, test } from "vitest";
import { AHEAD_MS } from "../../../src/decision/decide.ts";
import { type ContentItem, KINDS } from "../../../src/decision/model.ts";
import { inTime, turningPoints, turnsAt } from "../../../src/decision/turning-points.ts";
import { argumentsOf, type Case, minute, NOW, secondVersion } from "../../cases/decision/story.ts";

const of = (story: Partial<Case>) => argumentsOf({ rule: "T15", name: "", expect: "consented", ...story });
const pointsOf = (story: Partial<Case>) => {
  const [item, terms, , state] = of(story);
  return turningPoints(item as ContentItem, terms, state);
};
const minutesOf = (story: Partial<Case>) => {
  const points = pointsOf(story);
  expect(points).toEqual(points?.toSorted((a, b) => a - b) ?? null);
  return points === null ? null : [...new Set(points)].map((point) => point / minute(1));
};
const covers = new Map([["transcript", minute(3)]] as const);

describe("an item's", () => {
  test.each<[string, Partial<Case>, number[] | null]>([
    ["both consents, notice, acceptance, presence", {}, [1, 5, 8, 9, 10, 60]],
    [
      "what the account's consent covers, from when",
      { accountConsent: { summary: { covers } } },
      [1, 3, 5, 8, 9, 10, 60],
    ],
    ["what the host's covers", { hostConsent: { summary: { covers } } }, [1, 3, 5, 8, 9, 10, 60]],
    ["without an account's consent", { accountConsent: { summary: null } }, [5, 8, 9, 10, 60]],
    ["without a host's", { hostConsent: { summary: null } }, [1, 8, 9, 10, 60]],
    [
      "objections, whether they ended or not",
      {
        people: {
          ben: {
            objected: [
              [minute(30), minute(40)],
              [minute(45), null],
            ],
          },
        },
      },
      [1, 5, 8, 9, 10, 30, 40, 45, 60],
    ],
    ["one who is still there", { people: { ben: { there: [[minute(11), null]] } } }, [1, 5, 8, 9, 11]],
    ["another notice", { people: { ben: { shown: [["v1", minute(7)]] } } }, [1, 5, 7, 9, 10, 60]],
    ["another acceptance", { people: { ben: { accepted: [["v1", minute(6)]] } } }, [1, 5, 6, 8, 10, 60]],
    ["of somebody nobody knows", { item: { speaker: "eve" } }, [1, 5]],
    ["of no service", { route: { services: [] } }, [8, 9, 10, 60]],
    ["of no account", { item: { account: null } }, []],
    ["of an account nobody knows", { item: { account: "none" } }, []],
    ["of no conversation", { item: { conversation: null } }, []],
    ["of a conversation nobody knows", { item: { conversation: "none" } }, []],
    ["of nobody", { item: { speaker: null } }, null],
    ["to somebody", { item: { privateTo: ["ana"] } }, null],
    ["with an end", { item: { capturedUntil: minute(21) } }, null],
    ["by everyone's leave, as the account has it", { account: { rule: "everyone" } }, null],
    ["by everyone's leave, as the route has it", { route: { participationRuleMin: "everyone" } }, null],
  ])("%s", (_, story, expected) => {
    expect(minutesOf(story)).toEqual(expected);
  });

  test("are known up to 64", () => {
    // Both consents, the three notices and the three acceptances.
    const others = 2 * (1 + KINDS.length) + 3 + 3;
    const comings = Array.from({ length: (64 - others) / 2 }, (_, i) => [minute(i), minute(i) + 1] as const);
    expect(pointsOf({ people: { ben: { there: comings } } })).toHaveLength(64);
    expect(pointsOf({ people: { ben: { there: [...comings, [minute(50), null]] } } })).toBeNull();
  });
});

test.each([
  [NOW, true],
  [NOW + AHEAD_MS, true],
  [NOW + AHEAD_MS + 1, false],
])("captured at %i, in time: %s", (at, expected) => {
  expect(inTime(at, NOW)).toBe(expected);
});

describe("by itself a decision turns", () => {
  const turns = (story: Partial<Case>, now = NOW) => turnsAt(of(story)[3], now);
  const soon = NOW + 7;

  test.each<[string, Partial<Case>]>([
    ["when a notice takes effect", { notices: secondVersion(true, soon) }],
    ["when a trial ends", { settings: { summary: { enabled: true, trialEndsAt: soon } } }],
    ["when an account's consent begins", { accountConsent: { summary: { at: soon } } }],
    ["when it ends", { accountConsent: { summary: { expiresAt: soon } } }],
    ["when a host's begins", { hostConsent: { summary: { at: soon } } }],
    ["when it ends there", { hostConsent: { summary: { expiresAt: soon } } }],
    ["when an objection begins", { people: { ben: { objected: [[soon, null]] } } }],
    ["when it is over", { people: { ben: { objected: [[0, soon]] } } }],
  ])("%s, and not after that", (_, story) => {
    expect(turns(story)).toBe(soon);
    expect(turns(story, soon - 1)).toBe(soon);
    expect(turns(story, soon)).toBe(Number.POSITIVE_INFINITY);
  });

  test("never, where nothing is to come", () => {
    expect(turns({})).toBe(Number.POSITIVE_INFINITY);
  });

  test("at the first of several, in whatever order they are told", () => {
    const [earlier, later] = [{ expiresAt: soon }, { expiresAt: soon + 1 }];
    expect(turns({ accountConsent: { summary: earlier }, hostConsent: { summary: later } })).toBe(soon);
    expect(turns({ accountConsent: { summary: later }, hostConsent: { summary: earlier } })).toBe(soon);
  });
});
