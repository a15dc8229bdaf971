/**
 * Writes consent state to D1: each method one batch, which is atomic, that adds rows and raises the account's revision.
 * Decides nothing: what was worked out from what was read is written only if it is still so. Rejects with `StoreUnavailable`.
 */
import { and, count, eq, gt, isNull, lt, max, or, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import {
  accounts,
  consents,
  conversations,
  erasures,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
  showings,
} from "../../schema/consent/tables.ts";
import type { Claim } from "../consent/idempotency.ts";
import type { ConsentWriter, ConversationHeld, PresenceRecord, ShowingRecord } from "../consent/writer.ts";
import { answersBy, consentsOf } from "./consent-records.ts";
import * as rows from "./consent-rows.ts";
import { insertWhere } from "./guarded-insert.ts";
import { markChanged } from "./idempotency-store.ts";
import { reached } from "./reached.ts";

const ALWAYS = sql`true`;
const NEVER = sql`false`;

/** `claim`: marked in the batch of each change that is made. */
export function createConsentWriter(d1: D1Database, claim: Claim | null = null): ConsentWriter {
  const db = drizzle(d1);
  const mark = (condition: SQL) => markChanged(db, claim, condition);
  return {
    async putAccount({ id, labels, rule }, { rule: ruleDefault, at }, held) {
      const named = {
        ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
        ...(rule === undefined ? {} : { participationRule: rule }),
      };
      if (held !== null) {
        const still = and(
          eq(accounts.id, id),
          eq(accounts.labels, JSON.stringify(held.labels)),
          eq(accounts.participationRule, held.rule),
        );
        const [[changed]] = await reached(
          db.batch([
            db
              .update(accounts)
              .set({ ...named, revision: sql`${accounts.revision} + 1` })
              .where(still)
              .returning(),
          ]),
        );
        return changed === undefined ? null : { record: rows.toAccount(changed), created: false };
      }
      const fresh = { id, labels: "[]", participationRule: ruleDefault, revision: 1, createdAt: at };
      const [[stored]] = await reached(
        db.batch([
          db
            .insert(accounts)
            .values({ ...fresh, ...named })
            .onConflictDoUpdate({
              target: accounts.id,
              set: { ...named, revision: sql`${accounts.revision} + 1` },
            })
            .returning(),
        ]),
      );
      return { record: rows.toAccount(stored!), created: stored!.revision === 1 };
    },

    async addSetting(setting, seen) {
      const last = db
        .select({ mark: max(serviceSettings.seq) })
        .from(serviceSettings)
        .where(
          and(eq(serviceSettings.accountId, setting.account), eq(serviceSettings.service, setting.service)),
        );
      const unchanged = seen === null ? ALWAYS : sql`${last} = ${seen}`;
      const [added] = await reached(
        db.batch([
          insertWhere(db, serviceSettings, rows.fromSetting(setting), unchanged).returning({
            seq: serviceSettings.seq,
          }),
          raise(db, setting.account, ALWAYS),
        ]),
      );
      return added.length > 0 ? "written" : "changed";
    },

    async addNotice(notice) {
      const unchanged = sql`${versionsOf(db, notice.service)} = ${notice.position - 1}`;
      const [added] = await reached(
        db.batch([
          insertWhere(db, notices, rows.fromNotice(notice), unchanged).returning({
            version: notices.version,
          }),
          ...mark(sql`exists ${versionOf(db, notice.service, notice.version)}`),
        ]),
      );
      return added.length > 0 ? "written" : "changed";
    },

    async addConsent(consent, seen, { noticesSeen, showing, hosting }) {
      const { id, account, conversation, service, person, at } = consent;
      const last = db
        .select({ mark: sql`coalesce(${max(consents.seq)}, 0)` })
        .from(consents)
        .where(consentsOf(account, conversation, service));
      const host = db
        .select({ one: sql`1` })
        .from(presence)
        .where(hostingAt(conversation ?? "", person, at));
      const unchanged = and(
        sql`${last} = ${seen.mark}`,
        sql`${versionsOf(db, service)} = ${noticesSeen}`,
        hosting ? sql`exists ${host}` : undefined,
      );
      const stored = sql`exists ${db.select({ one: sql`1` }).from(consents).where(eq(consents.id, id))}`;
      const [added] = await reached(
        db.batch([
          insertWhere(db, consents, rows.fromConsent(consent), unchanged!).returning({ id: consents.id }),
          raise(db, account, stored),
          ...show(db, showing, stored),
          ...mark(stored),
        ]),
      );
      return added.length > 0 ? "written" : "changed";
    },

    async putConversation({ id, account, kind, labels, startedAt, endedAt }, at, held) {
      const is = eq(conversations.id, id);
      const absent = sql`not exists ${db.select({ one: sql`1` }).from(conversations).where(is)}`;
      const row = {
        id,
        accountId: account,
        kind,
        labels: JSON.stringify(labels ?? []),
        startedAt: startedAt ?? null,
        endedAt: endedAt ?? null,
        createdAt: at,
      };
      const same = and(
        is,
        eq(conversations.accountId, account),
        eq(conversations.kind, kind),
        heldStill(held),
      );
      const named = {
        kind,
        ...(labels === undefined ? {} : { labels: JSON.stringify(labels) }),
        ...(startedAt === undefined ? {} : { startedAt }),
        ...(endedAt === undefined ? {} : { endedAt }),
      };
      const matches = sql`exists ${db.select({ one: sql`1` }).from(conversations).where(same)}`;
      const [added, changed] = await reached(
        db.batch([
          insertWhere(db, conversations, row, held === null || held === "nothing" ? absent : NEVER).returning(
            {
              id: conversations.id,
            },
          ),
          db.update(conversations).set(named).where(same).returning(),
          raise(db, account, matches),
        ]),
      );
      const found = changed[0];
      return found === undefined ? null : { record: rows.toConversation(found), created: added.length > 0 };
    },

    async join(account, stay) {
      const { conversation, person, host, joinedAt } = stay;
      const hosts = host ? 1 : 0;
      const open = and(stayOf(conversation, person), isNull(presence.leftAt));
      const same = and(
        stayOf(conversation, person),
        eq(presence.joinedAt, joinedAt),
        eq(presence.host, hosts),
      );
      const absent = sql`not exists ${db.select({ one: sql`1` }).from(presence).where(same)}`;
      await reached(
        db.batch([
          db
            .update(presence)
            .set({ leftAt: joinedAt })
            .where(and(open, lt(presence.joinedAt, joinedAt), sql`${presence.host} <> ${hosts}`)),
          insertWhere(db, presence, rows.fromPresence(stay), absent),
          raise(db, account, ALWAYS),
          ...mark(ALWAYS),
        ]),
      );
    },

    async leave(account, conversation, person, at) {
      const open = and(stayOf(conversation, person), isNull(presence.leftAt), lt(presence.joinedAt, at));
      const [ended] = await reached(
        db.batch([
          db.update(presence).set({ leftAt: at }).where(open).returning({ seq: presence.seq }),
          raise(db, account, ALWAYS),
          ...mark(ALWAYS),
        ]),
      );
      return ended.length;
    },

    async addShowing(account, showing) {
      await reached(
        db.batch([
          db.insert(showings).values(rows.fromShowing(showing)),
          raise(db, account, ALWAYS),
          ...mark(ALWAYS),
        ]),
      );
    },

    async addAnswer(answer, seen, { noticesSeen, showing }) {
      const { id, account, person, service } = answer;
      const last = db
        .select({ mark: sql`coalesce(${max(participantAnswers.seq)}, 0)` })
        .from(participantAnswers)
        .where(answersBy(account, person));
      const lifts =
        answer.answer === "objection_withdrawn" && answer.conversation === null && service === null;
      const erased = db
        .select({ one: sql`1` })
        .from(erasures)
        .where(and(eq(erasures.accountId, account), eq(erasures.person, person)));
      const unchanged = and(
        sql`${last} = ${seen.mark}`,
        // What an erasure leaves standing.
        lifts ? sql`not exists ${erased}` : undefined,
        noticesSeen === null ? undefined : sql`${versionsOf(db, service ?? "")} = ${noticesSeen}`,
      );
      const stored = sql`exists ${db.select({ one: sql`1` }).from(participantAnswers).where(eq(participantAnswers.id, id))}`;
      const [added] = await reached(
        db.batch([
          insertWhere(db, participantAnswers, rows.fromAnswer(answer), unchanged!).returning({
            id: participantAnswers.id,
          }),
          raise(db, account, stored),
          ...show(db, showing, stored),
          ...mark(stored),
        ]),
      );
      return added.length > 0 ? "written" : "changed";
    },

    async addProducerKey(key) {
      await reached(db.batch([db.insert(producerKeys).values(rows.fromProducerKey(key)), ...mark(ALWAYS)]));
    },

    async rotateProducerKey(id, successor, revokedAt) {
      const current = and(eq(producerKeys.id, id), isNull(producerKeys.revokedAt));
      const standing = sql`exists ${db.select({ one: sql`1` }).from(producerKeys).where(current)}`;
      const stored = sql`exists ${db
        .select({ one: sql`1` })
        .from(producerKeys)
        .where(eq(producerKeys.id, successor.id))}`;
      const [added] = await reached(
        db.batch([
          insertWhere(db, producerKeys, rows.fromProducerKey(successor), standing).returning({
            id: producerKeys.id,
          }),
          db.update(producerKeys).set({ revokedAt }).where(and(current, stored)),
          ...mark(stored),
        ]),
      );
      return added.length > 0 ? "written" : "changed";
    },

    async revokeProducerKey(id, at) {
      const is = eq(producerKeys.id, id);
      const [, found] = await reached(
        db.batch([
          db
            .update(producerKeys)
            .set({ revokedAt: at })
            .where(and(is, or(isNull(producerKeys.revokedAt), gt(producerKeys.revokedAt, at)))),
          db.select().from(producerKeys).where(is),
        ]),
      );
      return found[0] === undefined ? null : rows.toProducerKey(found[0]);
    },
  };
}

function raise(db: DrizzleD1Database, account: string, condition: SQL) {
  return db
    .update(accounts)
    .set({ revision: sql`${accounts.revision} + 1` })
    .where(and(eq(accounts.id, account), condition));
}

function show(db: DrizzleD1Database, showing: ShowingRecord | null, condition: SQL) {
  return showing === null ? [] : [insertWhere(db, showings, rows.fromShowing(showing), condition)];
}

function versionsOf(db: DrizzleD1Database, service: string) {
  return db.select({ versions: count() }).from(notices).where(eq(notices.service, service));
}

function versionOf(db: DrizzleD1Database, service: string, version: string) {
  return db
    .select({ one: sql`1` })
    .from(notices)
    .where(and(eq(notices.service, service), eq(notices.version, version)));
}

function stayOf(conversation: string, person: string): SQL | undefined {
  return and(eq(presence.conversationId, conversation), eq(presence.person, person));
}

/** `nothing`: what the statement before has just written. */
function heldStill(held: ConversationHeld | "nothing" | null): SQL | undefined {
  if (held === null) return undefined;
  if (held === "nothing") return sql`changes() > 0`;
  return and(
    eq(conversations.labels, JSON.stringify(held.labels)),
    sql`${conversations.startedAt} is ${held.startedAt}`,
    sql`${conversations.endedAt} is ${held.endedAt}`,
  );
}

function hostingAt(conversation: string, person: string, at: PresenceRecord["joinedAt"]): SQL | undefined {
  return and(
    stayOf(conversation, person),
    eq(presence.host, 1),
    sql`${presence.joinedAt} <= ${at}`,
    or(isNull(presence.leftAt), gt(presence.leftAt, at)),
  );
}
