/** What the control plane reads of consent state, over D1. Writes nothing. Decides nothing. */
import { and, asc, desc, eq, inArray, lt, max, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { alias } from "drizzle-orm/sqlite-core";
import {
  accounts,
  consents,
  conversations,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
  showings,
} from "../../schema/consent/tables.ts";
import type { ConsentRecords } from "../consent/writer.ts";
import * as rows from "./consent-rows.ts";
import { lapsingRecords } from "./lapsing-records.ts";
import { reached } from "./reached.ts";

/** Rejects with `StoreUnavailable`. Reads the primary: a D1 binding without a session does. */
export function createConsentRecords(d1: D1Database): ConsentRecords {
  const db = drizzle(d1);
  return {
    async account(id) {
      const found = await reached(db.select().from(accounts).where(eq(accounts.id, id)).get());
      return found === undefined ? null : rows.toAccount(found);
    },
    async settings(account) {
      const latest = db
        .select({ seq: max(serviceSettings.seq) })
        .from(serviceSettings)
        .where(eq(serviceSettings.accountId, account))
        .groupBy(serviceSettings.service);
      const found = await reached(
        db.select().from(serviceSettings).where(inArray(serviceSettings.seq, latest)).all(),
      );
      return found.map(rows.toSetting);
    },
    async notices(service) {
      const of = service === null ? undefined : eq(notices.service, service);
      const order = [asc(notices.service), asc(notices.position)];
      return (
        await reached(
          db
            .select()
            .from(notices)
            .where(of)
            .orderBy(...order)
            .all(),
        )
      ).map(rows.toNotice);
    },
    async conversation(id) {
      const found = await reached(db.select().from(conversations).where(eq(conversations.id, id)).get());
      return found === undefined ? null : rows.toConversation(found);
    },
    async consents(account, conversation, service) {
      const bearing = consentsOf(account, conversation, service);
      const found = await reached(db.select().from(consents).where(bearing).orderBy(consents.seq).all());
      return {
        history: found.map(rows.toConsent),
        mark: found.at(-1)?.seq ?? 0,
        latestAt: found.reduce((latest, { at }) => Math.max(latest, at), 0),
      };
    },
    async consentPage(account, conversation, { service, before, limit }) {
      const older = before === null ? undefined : lt(consents.seq, before);
      const found = await reached(
        db
          .select()
          .from(consents)
          .where(and(consentsOf(account, conversation, service), older))
          .orderBy(desc(consents.seq))
          .limit(limit + 1)
          .all(),
      );
      const page = found.slice(0, limit);
      const next = found.length > limit ? (page.at(-1)?.seq ?? null) : null;
      return { consents: page.map(rows.toConsent), next };
    },
    async latestConsents(account, conversation) {
      const later = alias(consents, "later");
      const latest = db
        .select({ seq: later.seq })
        .from(later)
        .where(
          and(
            eq(later.accountId, consents.accountId),
            eq(later.conversationId, consents.conversationId),
            eq(later.service, consents.service),
          ),
        )
        .orderBy(desc(later.at), desc(later.seq))
        .limit(1);
      const found = await reached(
        db
          .select()
          .from(consents)
          .where(and(consentsOf(account, conversation, null), sql`${consents.seq} = ${latest}`))
          .all(),
      );
      return found.map(rows.toConsent);
    },
    async presence(conversation, person) {
      const of = and(eq(presence.conversationId, conversation), eq(presence.person, person));
      const order = [asc(presence.joinedAt), asc(presence.seq)];
      return (
        await reached(
          db
            .select()
            .from(presence)
            .where(of)
            .orderBy(...order)
            .all(),
        )
      ).map(rows.toPresence);
    },
    async showings(conversation, person) {
      const of = and(eq(showings.conversationId, conversation), eq(showings.person, person));
      const order = [asc(showings.at), asc(showings.seq)];
      return (
        await reached(
          db
            .select()
            .from(showings)
            .where(of)
            .orderBy(...order)
            .all(),
        )
      ).map(rows.toShowing);
    },
    async answers(account, conversation, person) {
      const [found, marks] = await reached(db.batch(answersOf(db, account, conversation, person)));
      return {
        history: found.map(rows.toAnswer),
        mark: marks[0]?.mark ?? 0,
        latestAt: marks[0]?.latestAt ?? 0,
      };
    },
    ...lapsingRecords(db),
    async producerKeys({ before, limit }) {
      const order = [desc(producerKeys.createdAt), desc(producerKeys.id)];
      const older =
        before === null
          ? undefined
          : sql`(${producerKeys.createdAt}, ${producerKeys.id}) < (${before.createdAt}, ${before.id})`;
      return (
        await reached(
          db
            .select()
            .from(producerKeys)
            .where(older)
            .orderBy(...order)
            .limit(limit)
            .all(),
        )
      ).map(rows.toProducerKey);
    },
    async producerKey(id) {
      const found = await reached(db.select().from(producerKeys).where(eq(producerKeys.id, id)).get());
      return found === undefined ? null : rows.toProducerKey(found);
    },
  };
}

/** The answers of the account itself, or of the hosts of one conversation. */
export function consentsOf(
  account: string,
  conversation: string | null,
  service: string | null,
): SQL | undefined {
  return and(
    eq(consents.accountId, account),
    eq(consents.conversationId, conversation ?? ""),
    service === null ? undefined : eq(consents.service, service),
  );
}

/** The mark spans every conversation: an objection may be standing. */
export function answersBy(account: string, person: string): SQL | undefined {
  return and(eq(participantAnswers.accountId, account), eq(participantAnswers.person, person));
}

function answersOf(db: DrizzleD1Database, account: string, conversation: string | null, person: string) {
  const bearing = inArray(participantAnswers.conversationId, ["", conversation ?? ""]);
  return [
    db
      .select()
      .from(participantAnswers)
      .where(and(answersBy(account, person), bearing))
      .orderBy(participantAnswers.seq),
    db
      .select({
        mark: sql<number | null>`max(${participantAnswers.seq})`,
        latestAt: sql<number | null>`max(${participantAnswers.at})`,
      })
      .from(participantAnswers)
      .where(answersBy(account, person)),
  ] as const;
}
