/** What is decided once for many records is what the decision says of each of them alone: whenever captured, whenever decided. */
import { describe, expect, test } from "vitest";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import { decide } from "../../../src/decision/decide.ts";
import type { ContentItem, State } from "../../../src/decision/model.ts";
import type { Finding } from "../../../src/evidence/entries.ts";
import {
  Judge,
  leaves,
  outcomeOf,
  sameVerdicts,
  some,
  type Verdicts,
  withheld,
} from "../../../src/gate/verdicts.ts";
import { generate } from "../../spec/generate.ts";
import type { Situation } from "../../spec/situation.ts";
import { casesOfRun } from "../../support/pace.ts";
import { random, seedOfRun } from "../../support/random.ts";
import { recordRoute } from "./sound-routes.ts";
import { windowOf } from "./windows-of.ts";

const ROUTE = recordRoute({ shape: tenfourRecord(), on_deny: "drop" });
const utc = (ms: number) => new Date(ms).toISOString();

function recordOf(item: ContentItem): string {
  const times =
    item.capturedUntil === null
      ? {}
      : { captured_until: item.capturedUntil === "unreadable" ? "soon" : utc(item.capturedUntil) };
  return JSON.stringify({
    type: "content",
    account: item.account ?? undefined,
    conversation: item.conversation ?? undefined,
    speaker: item.speaker ?? undefined,
    private_to: item.privateTo ?? undefined,
    kind: item.kind ?? undefined,
    captured_at: item.capturedAt === null ? undefined : utc(item.capturedAt),
    labels: item.labels.length === 0 ? undefined : item.labels,
    ...times,
  });
}

/** Every instant that the state or the item names, and those beside it. */
function instantsOf({ state, item, now }: Situation): number[] {
  const found: number[] = [];
  JSON.stringify([...state.accounts.values(), ...state.conversations.values(), item, now], (_, value) => {
    if (value instanceof Map) return [...value];
    if (typeof value === "number" && value > 1e12) found.push(value - 1, value, value + 1);
    return value;
  });
  return [...new Set(found)];
}

const reasonsOf = ({ found, findings }: Verdicts) => Array.from(found, (one) => findings[one]!.reason);

test("each record as if it were alone, whatever was decided before it", async () => {
  const seed = seedOfRun();
  let records = 0;
  for (let n = 0; n < casesOfRun(400); n++) {
    const { situation } = generate((seed + n) >>> 0);
    const item = situation.item as ContentItem;
    if (item.type !== "content" || item.signal !== "none" || item.labels.includes("")) continue;
    const r = random(seed + n);
    const instants = instantsOf(situation);
    const items = Array.from({ length: 24 }, (): ContentItem => {
      const until = r.chance(0.15) ? r.pick(instants) : null;
      return { ...item, capturedAt: r.chance(0.05) ? null : r.pick(instants), capturedUntil: until };
    });
    const window = await windowOf(`${items.map(recordOf).join("\n")}\n`, "ndjson", ROUTE);
    const { state, terms, producer } = situation;
    for (const one of state.conversations.values()) one.peopleComplete = true;
    const judge = new Judge({ ...ROUTE, terms }, { id: "p", keyId: "k", accounts: producer.accounts });
    const later = r.pick(instants.filter((instant) => instant >= situation.now));
    for (const now of [situation.now, situation.now + 1, later, situation.now]) {
      const expected = items.map((one) => decide(one, terms, producer, state, now).reason);
      expect(reasonsOf(judge.verdicts(window, state, now)), `case ${(seed + n) >>> 0}`).toEqual(expected);
    }
    records += items.length;
  }
  console.log(`verdicts of windows: ${records} records, TENFOUR_SEED=${seed}`);
  expect(records).toBeGreaterThan(casesOfRun(400));
});

const NOTHING: State = { accounts: new Map(), conversations: new Map(), notices: new Map() };
const PRODUCER = { id: "p", keyId: "k", accounts: ["*"] };
const CONTENT = '{"type":"content","account":"acme","kind":"chat","text":"SECRET-7f3a"}';
const UNKNOWN = '{"type":"content","kind":"hologram","text":"SECRET-7f3a"}';
const USAGE = '{"type":"usage","tokens_used":1}';
const EXCESS = '{"type":"usage","tokens_used":1,"note":"SECRET-7f3a"}';

async function judged(lines: readonly string[], onDeny = "strip", state = NOTHING) {
  const window = await windowOf(`${lines.join("\n")}\n`);
  const judge = new Judge(recordRoute({ on_deny: onDeny }), PRODUCER);
  return { window, judge, verdicts: judge.verdicts(window, state, 0) };
}

describe("what is done", () => {
  test("each record its own: what is nobody's is never stripped", async () => {
    const { verdicts } = await judged([CONTENT, USAGE, UNKNOWN, EXCESS, CONTENT]);
    expect(reasonsOf(verdicts).map((reason, i) => `${outcomeOf(verdicts, i)} ${reason}`)).toEqual([
      "dropped unattributed",
      "forwarded service_data",
      "stripped kind_unknown",
      "stripped service_data",
      "dropped unattributed",
    ]);
    const left = [...verdicts.replacements].map(([i, bytes]) => [i, new TextDecoder().decode(bytes)]);
    expect(left).toEqual([
      [2, '{"type":"content"}'],
      [3, '{"type":"usage","tokens_used":1}'],
    ]);
  });

  test("nothing of the state's ids but those it knows", async () => {
    const known = {
      ...NOTHING,
      accounts: new Map([
        ["acme", { labels: [], rule: "speaker", services: new Map(), consents: new Map() }],
      ]),
    } as const;
    const record = (account: string) => CONTENT.replace("acme", account);
    const { verdicts } = await judged(
      [record("acme"), record("SECRET-7f3a")],
      "drop",
      known as unknown as State,
    );
    expect(verdicts.findings.map(({ account }) => account)).toEqual(["acme", null]);
  });

  test("from a record on: those before keep theirs, and what was left of them", async () => {
    const { window, judge, verdicts } = await judged([UNKNOWN, EXCESS, UNKNOWN, EXCESS]);
    const other = { ...NOTHING };
    const again = judge.verdicts(window, other, 1, verdicts, 2);
    expect(sameVerdicts(verdicts, again)).toBe(true);
    expect([...again.replacements.keys()]).toEqual([0, 1, 2, 3]);
    expect(again.replacements.get(0)).toBe(verdicts.replacements.get(0));
    expect(again.replacements.get(2)).not.toBe(verdicts.replacements.get(2));
  });
});

describe("what is said of verdicts", () => {
  const finding = (outcome: Finding["outcome"]): Finding => ({
    account: "a",
    conversation: "m",
    outcome,
    reason: "consented",
    consents: ["c"],
  });
  const verdicts: Verdicts = {
    found: Int32Array.of(0, 0, 1),
    findings: [finding("forwarded"), finding("dropped"), finding("stripped")],
    replacements: new Map([[0, new Uint8Array(1)]]),
  };

  test("held back: all of it, and resting on nothing", () => {
    const held = withheld(verdicts);
    expect([0, 1, 2].map((i) => outcomeOf(held, i))).toEqual(["rejected", "rejected", "rejected"]);
    expect(held.findings.map(({ consents }) => consents)).toEqual([[], [], []]);
    expect(held.replacements.size).toBe(0);
  });

  test("whether some are such, among those of a record and from one on", () => {
    const is = (outcome: string) => (one: string) => one === outcome;
    expect(some(verdicts, is("dropped"))).toBe(true);
    expect(some(verdicts, is("stripped"))).toBe(false);
    expect(some(verdicts, is("forwarded"), 1)).toBe(true);
    expect(some(verdicts, is("forwarded"), 2)).toBe(false);
    expect(some(verdicts, is("dropped"), 2)).toBe(true);
    expect(some(verdicts, is("dropped"), 3)).toBe(false);
  });

  test("sameness", () => {
    expect(sameVerdicts(verdicts, { ...verdicts, found: Int32Array.of(0, 0, 1) })).toBe(true);
    expect(sameVerdicts(verdicts, { ...verdicts, found: Int32Array.of(0, 0, 2) })).toBe(false);
  });

  test.each([
    ["forwarded", true],
    ["stripped", true],
    ["dropped", false],
    ["rejected", false],
  ] as const)("%s leaves: %s", (outcome, does) => {
    expect(leaves(outcome)).toBe(does);
  });
});
