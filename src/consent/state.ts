/** Folds the rows of a lookup into the state a decision is made from. Pure: no I/O, no clock, no SQL. */
import type {
  Account,
  Consent,
  Conversation,
  Interval,
  Kind,
  Label,
  Notice,
  Participant,
  ServiceSetting,
  Showing,
  State,
} from "../decision/model.ts";
import type { ParticipantAnswer } from "./answers.ts";
import { foldAnswers } from "./answers.ts";
import type { AnswerRow, ConsentRow, StateRow } from "./rows.ts";

/** Shared: a window may hold ten thousand people of whom there is nothing to say. */
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
const NO_ANSWERS: Pick<Participant, "acceptances" | "objections"> = { acceptances: NOTHING, objections: [] };

/** The rows may come in any order. Throws a SyntaxError where `labels` or `covers` is no JSON. */
export function foldState(rows: readonly StateRow[]): State {
  const of = byType(rows);
  const accounts = new Map<string, Account>();
  const conversations = new Map<string, Conversation>();
  const settings = new Map<string, Map<string, ServiceSetting>>();
  const consents = new Map<string, Map<string, Consent>>();
  const hostConsents = new Map<string, Map<string, Consent>>();

  for (const [, account, service, enabled, trialEndsAt] of of.setting) {
    child(settings, account).set(service, { enabled: enabled === 1, trialEndsAt });
  }
  for (const row of of.consent) {
    const [, account, conversation, service] = row;
    const owner = conversation === "" ? child(consents, account) : child(hostConsents, conversation);
    owner.set(service, consentOf(row));
  }
  for (const [, id, labels, rule] of of.account) {
    accounts.set(id, {
      labels: labelsOf(labels),
      rule,
      services: settings.get(id) ?? NOTHING,
      consents: consents.get(id) ?? NOTHING,
    });
  }
  const people = foldPeople(of);
  for (const [, id, account, kind, labels, startedAt, endedAt, whole] of of.conversation) {
    conversations.set(id, {
      account,
      kind,
      labels: labelsOf(labels),
      startedAt,
      endedAt,
      hostConsents: hostConsents.get(id) ?? NOTHING,
      people: people.get(id) ?? NOTHING,
      peopleComplete: whole === 1,
    });
  }
  return { accounts, conversations, notices: foldNotices(of) };
}

type RowsByType = { readonly [Type in StateRow[0]]: Extract<StateRow, readonly [Type, ...unknown[]]>[] };

function byType(rows: readonly StateRow[]): RowsByType {
  const of: RowsByType = {
    notice: [],
    account: [],
    setting: [],
    consent: [],
    conversation: [],
    presence: [],
    showing: [],
    answer: [],
  };
  for (const row of rows) (of[row[0]] as StateRow[]).push(row);
  return of;
}

function foldNotices(of: RowsByType): Map<string, readonly Notice[]> {
  const notices = new Map<string, Notice[]>();
  for (const [, service, version, , material, effectiveAt] of of.notice.toSorted((a, b) => a[3] - b[3])) {
    listed(notices, service).push({ version, material: material === 1, effectiveAt });
  }
  return notices;
}

interface Person {
  readonly presence: Interval[];
  readonly shown: Showing[];
  readonly answers: ParticipantAnswer[];
}

function foldPeople(of: RowsByType): Map<string, Map<string, Participant>> {
  const people = new Map<string, Map<string, Person>>();
  for (const [, conversation, person, from, to] of of.presence) {
    personOf(people, conversation, person).presence.push({ from, to });
  }
  for (const [, conversation, person, service, id, noticeVersion, at] of of.showing) {
    personOf(people, conversation, person).shown.push({ id, service, noticeVersion, at });
  }
  for (const row of of.answer) personOf(people, row[1], row[2]).answers.push(answerOf(row));

  const folded = new Map<string, Map<string, Participant>>();
  for (const [conversation, persons] of people) {
    const known = child(folded, conversation);
    for (const [person, { presence, shown, answers }] of persons) {
      const { acceptances, objections } = answers.length === 0 ? NO_ANSWERS : foldAnswers(answers);
      presence.sort((a, b) => a.from - b.from);
      shown.sort((a, b) => a.at - b.at);
      known.set(person, { presence, shown, acceptances, objections });
    }
  }
  return folded;
}

function personOf(people: Map<string, Map<string, Person>>, conversation: string, person: string): Person {
  const known = child(people, conversation);
  const found = known.get(person);
  if (found !== undefined) return found;
  const made: Person = { presence: [], shown: [], answers: [] };
  known.set(person, made);
  return made;
}

function consentOf(row: ConsentRow): Consent {
  const [, , , , id, answer, person, role, at, noticeVersion, covers, expiresAt] = row;
  const kinds = Object.entries(JSON.parse(covers) as Record<Kind, number>) as [Kind, number][];
  return { id, answer, person, role, at, noticeVersion, covers: new Map(kinds), expiresAt };
}

function answerOf(row: AnswerRow): ParticipantAnswer {
  const [, , , service, answer, id, noticeVersion, at, since, seq, standing] = row;
  return { id, answer, service, standing: standing === 1, noticeVersion, at, since, seq };
}

function labelsOf(json: string): readonly Label[] {
  return JSON.parse(json) as Label[];
}

function child<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = new Map<string, V>();
  map.set(key, made);
  return made;
}

function listed<V>(map: Map<string, V[]>, key: string): V[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made: V[] = [];
  map.set(key, made);
  return made;
}
