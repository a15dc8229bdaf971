/**
 * /v1/services/{service}/ask-again, and the same of one account: whose answers a newer material notice has lapsed or, once announced, will,
 * and with which notice to ask them again. Only what can still be answered: a conversation that has ended has nobody to ask.
 */
import type { Context, Hono } from "hono";
import { type Lapse, lapsesOf, personLapse, toAskWith } from "../consent/lapsing.ts";
import type { PersonPresent, Place, StandingAnswer } from "../consent/writer.ts";
import { CURSOR_QUERY, cursorOf, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { formatInstant } from "./instant.ts";
import { accountOf, serviceOf } from "./known.ts";
import { pathId, type Reply, resource } from "./resource.ts";
import { noticeView } from "./views.ts";

interface Question {
  readonly deps: ControlDeps;
  readonly service: string;
  /** null: every account. */
  readonly account: string | null;
  readonly lapses: ReadonlyMap<string, Lapse>;
  readonly now: number;
}

/** Accounts and hosts come first, then the people in conversations. Without a position: from the beginning of that list. */
type Position =
  | readonly ["answers"]
  | readonly ["answers", account: string, conversation: string]
  | readonly ["people"]
  | readonly ["people", conversation: string, person: string];

interface Page {
  readonly entries: readonly object[];
  readonly next: Position | null;
}

export function askAgain(app: Hono, deps: ControlDeps): void {
  resource(app, "/services/:service/ask-again", { GET: (c) => list(deps, c, null) }, CURSOR_QUERY);
  resource(
    app,
    "/accounts/:account/services/:service/ask-again",
    { GET: async (c) => list(deps, c, (await accountOf(deps, c)).id) },
    CURSOR_QUERY,
  );
}

async function list(deps: ControlDeps, c: Context, account: string | null): Promise<Reply> {
  const service = serviceOf(deps, pathId(c, "service")).id;
  const limit = limitOf(c);
  const from = cursorOf(c, isPosition) ?? (["answers"] as const);
  const notices = await deps.records.notices(service);
  const now = deps.now();
  const lapses = lapsesOf(notices, now);
  const notice = lapses.size === 0 ? null : toAskWith(notices, now);
  const question = { deps, service, account, lapses, now };
  const { entries, next } = notice === null ? { entries: [], next: null } : await page(question, from, limit);
  return {
    status: 200,
    body: {
      service,
      notice: notice === null ? null : noticeView(notice),
      ask_again: entries,
      next: toCursor(next),
    },
  };
}

async function page(question: Question, from: Position, limit: number): Promise<Page> {
  if (from[0] === "people") return people(question, from, limit);
  const { entries, next } = await answers(question, from, limit);
  if (next !== null) return { entries, next };
  if (entries.length === limit) return { entries, next: ["people"] };
  const more = await people(question, ["people"], limit - entries.length);
  return { entries: [...entries, ...more.entries], next: more.next };
}

async function answers(
  { deps, service, account, lapses, now }: Question,
  [, ...at]: Extract<Position, readonly ["answers", ...unknown[]]>,
  limit: number,
): Promise<Page> {
  const after: Place | null = at.length === 0 ? null : { account: at[0], conversation: at[1] || null };
  const slice = { account, after, limit, at: now };
  const found = await deps.records.givenTo(service, [...lapses.keys()], slice);
  const { next } = found;
  return {
    entries: found.answers.flatMap((one) => answerEntry(one, lapses.get(one.consent.noticeVersion)!, now)),
    next: next === null ? null : ["answers", next.account, next.conversation ?? ""],
  };
}

/** None of an answer that has expired, or will have before the notice could lapse it. */
function answerEntry({ consent, hosts }: StandingAnswer, lapse: Lapse, now: number): object[] {
  const { account, conversation, person, id, noticeVersion, expiresAt } = consent;
  if (expiresAt !== null && expiresAt <= Math.max(now, lapse.at)) return [];
  const from =
    conversation === null
      ? { who: "account", people: [person], how: "POST /v1/accounts/{account}/consents" }
      : { who: "host", people: hosts, how: "POST /v1/conversations/{conversation}/consents" };
  const answer = { answer: "given", id, notice_version: noticeVersion };
  return [{ ...from, account, conversation, ...answer, ...lapseView(lapse, now) }];
}

/** By the gate's own reading of what they answered and were shown. */
async function people(
  { deps, service, account, lapses, now }: Question,
  [, ...at]: Extract<Position, readonly ["people", ...unknown[]]>,
  limit: number,
): Promise<Page> {
  const after = at.length === 0 ? null : { conversation: at[0], person: at[1] };
  const found = await deps.records.peoplePresent({ account, after, limit: limit + 1, at: now });
  const present = found.slice(0, limit);
  const last = found.length > limit ? present.at(-1) : undefined;
  const next = last === undefined ? null : (["people", last.conversation, last.person] as const);
  if (present.length === 0) return { entries: [], next };
  const keys = {
    accounts: [...new Set(present.map((one) => one.account))],
    conversations: [...new Set(present.map((one) => one.conversation))],
    people: present.map(({ conversation, person }) => [conversation, person] as const),
    whole: [],
  };
  const { state } = await deps.consent.lookup(keys, [service], "", false);
  const entryOf = ({ account, conversation, person }: PersonPresent): object[] => {
    const talk = state.conversations.get(conversation);
    const known = talk?.people.get(person);
    const rule = state.accounts.get(account)?.rule;
    if (talk === undefined || known === undefined) return [];
    const shownIsEnough =
      rule === "notice" && deps.participationRuleMin === "notice" && talk.kind !== "channel";
    const lapsing = personLapse(known, service, lapses, shownIsEnough, now);
    if (lapsing === null) return [];
    const where = "POST /v1/conversations/{conversation}/participants/{person}";
    const how = `${where}/${lapsing.answer === "accepted" ? "answers" : "notices"}`;
    const answer = { answer: lapsing.answer, id: lapsing.id, notice_version: lapsing.noticeVersion };
    const lapse = lapseView(lapses.get(lapsing.noticeVersion)!, now);
    return [{ who: "participant", people: [person], how, account, conversation, ...answer, ...lapse }];
  };
  return { entries: present.flatMap(entryOf), next };
}

function lapseView({ by, at }: Lapse, now: number) {
  return { superseded_by: by, lapses_at: formatInstant(at), lapsed: at <= now };
}

function isPosition(value: unknown): value is Position {
  return (
    Array.isArray(value) &&
    (value[0] === "answers" || value[0] === "people") &&
    (value.length === 1 || value.length === 3) &&
    value.every((one) => typeof one === "string")
  );
}
